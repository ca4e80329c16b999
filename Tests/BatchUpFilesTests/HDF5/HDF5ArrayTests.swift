import BatchUp
import BatchUpFiles
import FileTestSupport
import Testing

@Suite struct HDF5ArrayTests {
  let directory: TemporaryDirectory
  let file: HDF5File
  private static let rowCount = 23

  init() throws {
    directory = try TemporaryDirectory()
    let path = directory.path("file")
    var writer = HDF5Writer()
    let array = NDArray<Int32>((0..<Int32(Self.rowCount * 6)).map { $0 }, shape: [Self.rowCount, 2, 3])
    for rows in [1, 4, 23] {
      writer.add(array, named: "\(rows)", layout: .chunked(rowCount: rows, deflateLevel: 1, shuffling: true))
    }
    writer.add(array, named: "contiguous")
    writer.add(NDArray<Int32>([5]).reshaped([]), named: "scalar")
    try writer.write(to: path)
    file = try HDF5File(path: path)
  }

  /// With room for all stripes, for one of four rows, for none of them, for nothing.
  @Test(arguments: ["1", "4", "23", "contiguous"], [1 << 20, 4 * 24, 30, 0])
  func rowsInAnyOrder(name: String, cacheByteLimit: Int) throws {
    let rows = try HDF5Array<Int32>(file, named: name, cacheByteLimit: cacheByteLimit)
    #expect(rows.sampleCount == Self.rowCount && rows.rowShape == [2, 3])
    let orders = [
      Array(0..<23), (0..<23).reversed(), [], [22], [3, 3, 3], [0, 22, 1, 21, 5, 6, 7, 8, 9, 5],
      (0..<23).map { $0 * 7 % 23 },
    ]
    for order in orders {
      let batch = try rows.batch(at: BatchIndices(order))
      #expect(batch.shape == [order.count, 2, 3])
      #expect(batch.scalars == order.flatMap { row in (0..<6).map { Int32(row * 6 + $0) } })
    }
  }

  @Test func aSingleElement() throws {
    let rows = try HDF5Array<Int32>(file, named: "scalar")
    #expect(!rows.hasSampleAxis && rows.sampleCount == 1)
    #expect(try rows.batch(at: BatchIndices(0..<1)).scalars == [5])
  }

  @Test(arguments: [1 << 20, 4 * 24, 0])
  func workersShareTheCache(cacheByteLimit: Int) throws {
    let rows = try HDF5Array<Int32>(file, named: "4", cacheByteLimit: cacheByteLimit)
    let source = try ArraySource(loading: rows)
    let pool = WorkerPool(workerCount: 4)
    for epoch in 0..<5 {
      let batches = source.batches(of: 3, shuffle: .seed(1, epoch: epoch))
      var expected = batches.makeIterator()
      var prefetched = batches.prefetched(by: pool, buffering: 8).makeIterator()
      var firsts: [Int32] = []
      while let batch = try prefetched.nextBatch() {
        #expect(try expected.nextBatch()?.scalars == batch.scalars)
        firsts += (0..<batch.sampleCount).map { batch[$0, 0, 0] }
      }
      #expect(firsts.sorted() == (0..<23).map { $0 * 6 })
    }
  }
}
