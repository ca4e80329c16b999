import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

@Suite struct SafetensorsFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let shapes = [[], [0], [1], [7], [2, 3], [3, 0, 2], [0, 4], [2, 1, 3, 2], [1, 2, 1, 2, 3]]

  /// Every type in every shape, in one file.
  @Test func everyTypeAndShape() throws {
    var writer = SafetensorsWriter(metadata: ["a": "b", "": "ü\n\"\\/\u{0}"])
    for type in safetensorsScalars {
      for shape in Self.shapes { add(type, shape, to: &writer) }
    }
    let path = directory.path("file")
    try writer.write(to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.path == path && file.metadata == writer.metadata)
    #expect(file.tensors.count == safetensorsScalars.count * Self.shapes.count)
    for type in safetensorsScalars {
      for shape in Self.shapes { try check(type, shape, in: file) }
    }
    try checkRanges(of: file)
  }

  private func name(_ type: any SafetensorsScalar.Type, _ shape: [Int]) -> String { "\(type) \(shape) ü/\"" }

  private func add<Scalar: SafetensorsScalar>(_ type: Scalar.Type, _ shape: [Int], to writer: inout SafetensorsWriter) {
    writer.add(mixedArray(type, shape: shape), named: name(type, shape))
  }

  private func check<Scalar: SafetensorsScalar>(_ type: Scalar.Type, _ shape: [Int], in file: SafetensorsFile) throws {
    let expected = mixedArray(type, shape: shape)
    let tensor = try file.tensor(named: name(type, shape))
    #expect(tensor.elementType == Scalar.safetensorsElementType && tensor.shape == shape)
    #expect(tensor.byteRange.lowerBound % MemoryLayout<Scalar>.size == 0)
    let array = try file.array(named: tensor.name, of: type)
    #expect(array.shape == shape)
    #expect(bytes(of: array) == bytes(of: expected))
    let contents = try Data(contentsOf: URL(filePath: file.path))
    #expect(Array(contents[tensor.byteRange]) == bytes(of: expected))
    try checkMismatches(with: tensor, in: file)
  }

  private func checkMismatches(with tensor: SafetensorsTensor, in file: SafetensorsFile) throws {
    for other in safetensorsScalars where other.safetensorsElementType != tensor.elementType {
      func read<Scalar: SafetensorsScalar>(_: Scalar.Type) throws {
        _ = try file.array(named: tensor.name, of: Scalar.self)
      }
      let error = SafetensorsError.wrongElementType(
        path: file.path, tensor: tensor.name, expected: other.safetensorsElementType, found: tensor.elementType)
      #expect(throws: error) { try read(other) }
    }
  }

  /// One behind the other, from the header to the end.
  private func checkRanges(of file: SafetensorsFile) throws {
    let contents = [UInt8](try Data(contentsOf: URL(filePath: file.path)))
    var position = 8 + contents[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(position % 8 == 0)
    for tensor in file.tensors {
      #expect(tensor.byteRange.lowerBound == position)
      position = tensor.byteRange.upperBound
    }
    #expect(position == contents.count)
  }

  @Test func whatAnotherProgramMayWrite() throws {
    let header =
      "{ \"__metadata__\" : {} ,\n"
      + tensorText("z", "F32", "[1,2]", "[0,8]") + "," + tensorText("e", "U8", "[3, 0]", "[8,8]") + ","
      + #""y":{"extra":{"a":[{"b":1}]},"data_offsets":[8,9],"shape":[],"dtype":"BOOL"}} "#
    let file = try SafetensorsFile(path: try directory.write(safetensorsBytes(header + "  \n", dataByteCount: 8) + [1]))
    #expect(file.tensors.map(\.name) == ["z", "e", "y"])
    #expect(file.metadata.isEmpty)
    #expect(try file.array(named: "y", of: Bool.self).scalar)
    #expect(try file.array(named: "e", of: UInt8.self).shape == [3, 0])
    #expect(try SafetensorsFile(path: try directory.write(safetensorsBytes("{}"))).tensors.isEmpty)
    let texts = try directory.write(safetensorsBytes(#"{"__metadata__":{"a":"b"}}"#))
    #expect(try SafetensorsFile(path: texts).metadata == ["a": "b"])
  }

  @Test func typesWithoutASwiftTypeAreListed() throws {
    let header = [
      tensorText("b", "BF16", "[3]", "[0,6]"), tensorText("f", "F8_E4M3", "[2]", "[6,8]"),
      tensorText("n", "F4", "[4]", "[8,10]"), tensorText("u", "Q9\\n", "[99]", "[10,13]"),
    ]
    let path = try directory.write(safetensorsBytes("{\(header.joined(separator: ","))}", dataByteCount: 13))
    let file = try SafetensorsFile(path: path)
    #expect(file.tensors.map(\.elementType.rawValue) == ["BF16", "F8_E4M3", "F4", "Q9\n"])
    #expect(file.tensors[0].elementType == .bfloat16)
    for tensor in file.tensors {
      let error = SafetensorsError.wrongElementType(
        path: path, tensor: tensor.name, expected: .float32, found: tensor.elementType)
      #expect(throws: error) { try file.array(named: tensor.name, of: Float.self) }
      #expect(!"\(error)".contains("\n"))
    }
  }

  @Test func missingTensor() throws {
    let path = try directory.write(safetensorsBytes("{\(tensorText())}", dataByteCount: 4))
    let file = try SafetensorsFile(path: path)
    for name in ["b", "", "__metadata__"] {
      let error = SafetensorsError.noTensor(path: path, tensor: name)
      #expect(throws: error) { try file.tensor(named: name) }
      #expect(throws: error) { try file.array(named: name, of: Float.self) }
    }
  }

  @Test func bytesThatAreNoBool() throws {
    let bytes = safetensorsBytes("{\(tensorText("a", "BOOL", "[3]", "[0,3]"))}") + [0, 1, 2]
    let path = try directory.write(bytes)
    #expect(throws: SafetensorsError.notBool(path: path, tensor: "a", position: 2, found: 2)) {
      try SafetensorsFile(path: path).array(named: "a", of: Bool.self)
    }
  }

  /// The file that was opened is read, not one that has its name now; and one that was cut off is an error.
  @Test func changesAfterOpening() throws {
    let path = try directory.write(safetensorsBytes("{\(tensorText())}") + littleEndianBytes(Float(2).bitPattern))
    let file = try SafetensorsFile(path: path)
    var other = SafetensorsWriter()
    other.add(NDArray([7 as Float]), named: "a")
    try other.write(to: path)
    #expect(try file.array(named: "a", of: Float.self).scalar == 2)
    let second = try SafetensorsFile(path: path)
    try #require(truncate(path, off_t(second.tensors[0].byteRange.upperBound - 1)) == 0)
    #expect(throws: SafetensorsError.cannotRead(path: path, reason: "it ends 1 bytes before the end of tensor a")) {
      try second.array(named: "a", of: Float.self)
    }
  }
}
