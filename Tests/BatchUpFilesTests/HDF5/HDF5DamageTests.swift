import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

/// Damaged files. Since libhdf5 might crash on some, in processes of their own.
@Suite struct HDF5DamageTests {
  /// Two data sets, a contiguous one and one in compressed chunks, in a group.
  private static func seed(in directory: TemporaryDirectory) throws -> [UInt8] {
    let path = directory.path("seed")
    var writer = HDF5Writer()
    writer.add(NDArray<Int16>((0..<40).map { $0 }, shape: [10, 4]), named: "a")
    writer.add(
      NDArray<Float>((0..<300).map(Float.init), shape: [100, 3]), named: "g/b",
      layout: .chunked(rowCount: 40, deflateLevel: 5, shuffling: true))
    try writer.write(to: path)
    return [UInt8](try Data(contentsOf: URL(filePath: path)))
  }

  /// Reads all that can be read, in each way; nil where nothing failed.
  private static func failure(_ bytes: [UInt8], in directory: TemporaryDirectory) throws -> HDF5Error? {
    let path = try directory.write(bytes)
    do throws(HDF5Error) {
      let file = try HDF5File(path: path)
      var failure: HDF5Error?
      for dataset in file.datasets where dataset.elementType != nil {
        func read<Scalar: NPYScalar>(_: Scalar.Type) throws(HDF5Error) {
          // What a file claims may be more than there is, as of chunks that were never written.
          guard dataset.shape.allSatisfy({ $0 < 1 << 10 }) else { return }
          _ = try file.array(named: dataset.name, of: Scalar.self)
          _ = try HDF5Array<Scalar>(file, named: dataset.name).batch(
            at: BatchIndices(0..<min(2, dataset.shape.first ?? 1)))
        }
        do throws(HDF5Error) {
          if let type = dataset.elementType?.scalarType { try read(type) }
        } catch { failure = error }
      }
      return failure
    } catch { return error }
  }

  @Test func everyTruncation() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let seed = try HDF5DamageTests.seed(in: directory)
      try #require(try HDF5DamageTests.failure(seed, in: directory) == nil)
      // A prime number, so that all kinds of places come.
      for count in stride(from: 0, to: seed.count, by: 37) {
        guard case .invalidFile = try HDF5DamageTests.failure(Array(seed[..<count]), in: directory) else {
          Issue.record("\(count) of \(seed.count) bytes")
          return
        }
      }
    }
  }
}
