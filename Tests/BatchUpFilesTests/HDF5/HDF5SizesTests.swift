import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

/// Data sets in chunks that were never written may claim any size.
@Suite struct HDF5SizesTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let writtenShape = [12_345, 1]

  /// A data set of UInt64 in chunks whose axes have, in the file, other lengths than were written.
  private func file(claiming shape: [Int]) throws -> HDF5File {
    let path = directory.path("seed")
    let writtenShape = Array(Self.writtenShape.prefix(shape.count))
    var writer = HDF5Writer()
    writer.add(NDArray<UInt64>(repeating: 5, shape: writtenShape), named: "a", layout: .chunked(rowCount: 100))
    try writer.write(to: path)
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    // The lengths of the axes lie side by side, 8 bytes each, as do those that they may grow to.
    let written = writtenShape.flatMap(littleEndian)
    let places = bytes.indices.filter { bytes[$0...].starts(with: written) }
    try #require(!places.isEmpty)
    for place in places { bytes.replaceSubrange(place..<place + written.count, with: shape.flatMap(littleEndian)) }
    return try HDF5File(path: directory.write(bytes))
  }

  private func littleEndian(_ number: Int) -> [UInt8] { withUnsafeBytes(of: number.littleEndian, Array.init) }

  @Test(arguments: [[1 << 60], [1 << 61], [Int.max], [1 << 31, 1 << 30], [1 << 32, 1 << 32], [Int.max, Int.max]])
  func moreBytesThanCanBeCounted(shape: [Int]) throws {
    let file = try file(claiming: shape)
    #expect(file.datasets.map(\.shape) == [shape])
    let error = HDF5Error.overflowingShape(path: file.path, dataset: "/a", shape: shape)
    #expect(throws: error) { try file.array(named: "a", of: UInt64.self) }
    #expect(throws: error) { try HDF5Array<UInt64>(file, named: "a") }
  }

  @Test(arguments: [[1 << 50], [1 << 59], [1 << 40, 1 << 10]]) func moreBytesThanMemoryHas(shape: [Int]) throws {
    let file = try file(claiming: shape)
    let byteCount = 8 * shape.reduce(1, *)
    #expect(throws: HDF5Error.notEnoughMemory(path: file.path, dataset: "/a", expected: byteCount)) {
      try file.array(named: "a", of: UInt64.self)
    }
  }
}
