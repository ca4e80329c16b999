import BatchUp
import BatchUpFiles
import FileTestSupport

/// A file with that header, as it is, and so many bytes of data.
func safetensorsBytes(_ header: String, dataByteCount: Int = 0) -> [UInt8] {
  safetensorsBytes(Array(header.utf8), dataByteCount: dataByteCount)
}

func safetensorsBytes(_ header: [UInt8], dataByteCount: Int = 0) -> [UInt8] {
  let data = (0..<dataByteCount).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 129) }
  return littleEndianBytes(UInt64(header.count)) + header + data
}

/// One member of a header.
func tensorText(
  _ name: String = "a", _ dtype: String = "F32", _ shape: String = "[]", _ offsets: String = "[0,4]"
) -> String {
  #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
}

/// The error of a file with these bytes; nil where it can be opened.
func safetensorsFailure(_ bytes: [UInt8], in directory: TemporaryDirectory) throws -> SafetensorsError? {
  let path = try directory.write(bytes)
  do throws(SafetensorsError) {
    _ = try SafetensorsFile(path: path)
    return nil
  } catch {
    return error
  }
}

/// An array whose elements have all sorts of bits.
func mixedArray<Scalar: SafetensorsScalar>(_: Scalar.Type, shape: [Int]) -> NDArray<Scalar> {
  NDArray(unsafeUninitializedShape: shape) { elements in
    let bytes = UnsafeMutableRawBufferPointer(elements)
    let isBool = Scalar.self == Bool.self
    for i in bytes.indices { bytes[i] = isBool ? UInt8(i % 3 % 2) : UInt8(truncatingIfNeeded: i &* 167 &+ 129) }
  }
}

func bytes<Scalar>(of array: NDArray<Scalar>) -> [UInt8] {
  array.withUnsafeBufferPointer { Array(UnsafeRawBufferPointer($0)) }
}

/// All types that elements can be read as on this platform.
let safetensorsScalars: [any SafetensorsScalar.Type] = {
  var types: [any SafetensorsScalar.Type] = [
    Bool.self, UInt8.self, Int8.self, UInt16.self, Int16.self, UInt32.self, Int32.self, UInt64.self, Int64.self,
    Float.self, Double.self,
  ]
  #if !(os(macOS) && arch(x86_64))
    types.append(Float16.self)
  #endif
  return types
}()
