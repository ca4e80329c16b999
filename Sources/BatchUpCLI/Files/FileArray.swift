import BatchUp
import BatchUpFiles

/// An array of any element type, read from a file.
protocol FileArray: Sendable {
  var elementType: NPYElementType { get }
  var shape: [Int] { get }

  /// The first elements as text.
  func firstValues(_ count: Int) -> [String]

  /// How many elements are NaN and how many are infinite; nil for types that have neither.
  func unusualCounts() -> UnusualCounts?

  func save(npyFile path: String) throws
  func add(to writer: inout NPZWriter, named name: String)
  func add(to writer: inout SafetensorsWriter, named name: String)
  func add(to writer: inout HDF5Writer, named name: String, compress: Bool)

  /// The same numbers as elements of another type.
  ///
  /// - Returns: the array, or the text of the first element that cannot be one.
  func converted<Scalar: FileScalar>(to: Scalar.Type) -> ConvertedArray
}

enum ConvertedArray {
  case array(any FileArray)
  case impossible(position: Int, element: String)
}

struct UnusualCounts: Equatable {
  var nan = 0
  var infinite = 0
}

extension NDArray: FileArray where Scalar: FileScalar {
  var elementType: NPYElementType { Scalar.npyElementType }

  func firstValues(_ count: Int) -> [String] {
    withUnsafeBufferPointer { $0.prefix(count).map { "\($0)" } }
  }

  func unusualCounts() -> UnusualCounts? { (self as? any RealArray)?.countUnusual() }

  func save(npyFile path: String) throws { try write(npyFile: path) }
  func add(to writer: inout NPZWriter, named name: String) { writer.add(self, named: name) }
  func add(to writer: inout SafetensorsWriter, named name: String) { writer.add(self, named: name) }

  func add(to writer: inout HDF5Writer, named name: String, compress: Bool) {
    guard compress, !shape.isEmpty, count > 0 else { return writer.add(self, named: name) }
    // Chunks of about 256 KiB.
    let rowByteCount = max(count / sampleCount * MemoryLayout<Scalar>.size, 1)
    let rowCount = min(max((256 << 10) / rowByteCount, 1), sampleCount)
    writer.add(self, named: name, layout: .chunked(rowCount: rowCount, deflateLevel: 6, shuffling: true))
  }

  func converted<Result: FileScalar>(to: Result.Type) -> ConvertedArray {
    if let array = self as? NDArray<Result> { return .array(array) }
    var impossible: Int?
    let array = NDArray<Result>(unsafeUninitializedShape: shape) { results in
      withUnsafeBufferPointer { elements in
        for position in elements.indices {
          guard let result = Result(elements[position].number) else {
            impossible = impossible ?? position
            continue
          }
          results[position] = result
        }
      }
    }
    guard let impossible else { return .array(array) }
    return .impossible(position: impossible, element: withUnsafeBufferPointer { "\($0[impossible])" })
  }
}

private protocol RealArray {
  func countUnusual() -> UnusualCounts
}

extension NDArray: RealArray where Scalar: BinaryFloatingPoint {
  func countUnusual() -> UnusualCounts {
    var counts = UnusualCounts()
    withUnsafeBufferPointer { elements in
      for element in elements where !element.isFinite {
        if element.isNaN { counts.nan += 1 } else { counts.infinite += 1 }
      }
    }
    return counts
  }
}
