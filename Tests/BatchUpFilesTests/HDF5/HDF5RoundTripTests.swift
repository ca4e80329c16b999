import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

/// Arrays that are written and read again, by this library alone; scripts/check-hdf5.sh compares with others.
@Suite struct HDF5RoundTripTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }

  static let shapes = [[], [3], [2, 3], [2, 1, 3], [5, 2, 3, 2], [2, 1, 2, 1, 3], [0], [2, 0], [0, 2, 3]]

  private static let layouts: [(name: String, layout: HDF5Writer.Layout)] = [
    ("contiguous", .contiguous), ("chunked", .chunked(rowCount: 2)),
    ("deflated", .chunked(rowCount: 3, deflateLevel: 6)),
    ("shuffled", .chunked(rowCount: 1, deflateLevel: 1, shuffling: true)),
  ]

  private func patterned<Scalar: NPYScalar>(_: Scalar.Type, _ shape: [Int]) -> NDArray<Scalar> {
    NDArray(unsafeUninitializedShape: shape) { elements in
      let bytes = UnsafeMutableRawBufferPointer(elements)
      let isBool = Scalar.npyElementType == .bool
      for i in bytes.indices { bytes[i] = isBool ? UInt8(i % 3 % 2) : UInt8(truncatingIfNeeded: i * 167 + 129) }
    }
  }

  private func bytes<Scalar>(_ array: NDArray<Scalar>) -> [UInt8] {
    array.withUnsafeBufferPointer { [UInt8](UnsafeRawBufferPointer($0)) }
  }

  private func expectRoundTrips<Scalar: NPYScalar>(of type: Scalar.Type) throws {
    var writer = HDF5Writer()
    for (i, shape) in Self.shapes.enumerated() {
      for (name, layout) in Self.layouts { writer.add(patterned(type, shape), named: "\(name)/\(i)", layout: layout) }
    }
    try writer.write(to: path)
    let file = try HDF5File(path: path)
    #expect(file.datasets.count == Self.shapes.count * Self.layouts.count)
    for (i, shape) in Self.shapes.enumerated() {
      let array = patterned(type, shape)
      for (name, _) in Self.layouts {
        let name = "/\(name)/\(i)"
        let dataset = try file.dataset(named: name)
        #expect(dataset.elementType == Scalar.npyElementType && dataset.shape == shape)
        let whole = try file.array(named: name, of: type)
        #expect(whole.shape == shape && bytes(whole) == bytes(array), "\(name) of \(type)")
        let rows = try HDF5Array<Scalar>(file, named: name)
        let all = try rows.batch(at: BatchIndices(0..<rows.sampleCount))
        #expect(bytes(all) == bytes(array), "\(name) of \(type)")
      }
      let mapped = try file.mapped(named: "contiguous/\(i)", of: type)
      #expect(try bytes(mapped.batch(at: BatchIndices(0..<mapped.sampleCount))) == bytes(array))
    }
  }

  @Test(arguments: NPYElementType.allCases)
  func allShapesAndLayouts(of elementType: NPYElementType) throws {
    guard let type = elementType.scalarType else { return }
    try expectRoundTrips(of: type)
  }

  @Test func whatIsListed() throws {
    var writer = HDF5Writer()
    writer.add(NDArray<Float>([1, 2, 3]), named: "values")
    writer.add(
      NDArray<UInt8>(repeating: 1, shape: [5, 4]), named: "/train/images",
      layout: .chunked(rowCount: 2, deflateLevel: 3, shuffling: true))
    writer.add(NDArray<Int64>([]), named: "train/nothing")
    try writer.write(to: path)
    let datasets = try HDF5File(path: path).datasets
    #expect(datasets.map(\.name) == ["/train/images", "/train/nothing", "/values"])
    #expect(datasets.map(\.typeDescription) == ["UInt8", "Int64", "Float"])
    #expect(datasets.map(\.byteOrder) == [.native, .native, .native])
    #expect(datasets[0].storage == .chunked(shape: [2, 4], filters: ["shuffle", "deflate"]))
    #expect(datasets[0].storage.description == "in chunks of 2 x 4 with shuffle, deflate")
    #expect(datasets[1].storage == .notAllocated)
    guard case .contiguous(let offset) = datasets[2].storage else {
      Issue.record("\(datasets[2].storage)")
      return
    }
    #expect(offset % 64 == 0)
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    #expect(Array(bytes[offset..<offset + 12]) == ([1, 2, 3] as [Float]).flatMap { littleEndianBytes($0.bitPattern) })
  }

  @Test func aMappedDatasetCanBeUsedInPlace() throws {
    var writer = HDF5Writer()
    writer.add(NDArray<UInt8>([1]), named: "a")
    writer.add(NDArray<Double>([1, 2]), named: "b")
    try writer.write(to: path)
    #expect(try HDF5File(path: path).mapped(named: "b", of: Double.self).array == NDArray([1, 2]))
  }

  @Test func theSameArraysMakeTheSameBytes() throws {
    func contents() throws -> Data {
      var writer = HDF5Writer()
      writer.add(
        NDArray<UInt8>(repeating: 7, shape: [100]), named: "g/a", layout: .chunked(rowCount: 9, deflateLevel: 1))
      writer.add(NDArray<Float>([1]), named: "b")
      try writer.write(to: path)
      return try Data(contentsOf: URL(filePath: path))
    }
    #expect(try contents() == contents())
  }

  @Test func noDatasets() throws {
    try HDF5Writer().write(to: path)
    #expect(try HDF5File(path: path).datasets.isEmpty)
  }
}
