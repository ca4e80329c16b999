import BatchUp
import Foundation
import TestSupport
import Testing

@Suite struct ShrinkingFileTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private var path: String { folder.path("file.npy") }
  private static let shape = [1_000, 1_000]

  private func mapped(limit: Int? = nil) throws -> MappedArray<Int32> {
    try NDArray<Int32>.pattern(shape: Self.shape).write(npyFile: path)
    return try MappedArray(npyFile: path, residencyLimit: limit)
  }

  /// With pages that were there before, and pages that were not; to whole pages, and in the middle of one.
  @Test(arguments: [nil, 0] as [Int?]) func everyKindOfBatch(limit: Int?) throws {
    for size in [0, 4_096, 2_000_000, 4_000_127] {
      for isWarm in [false, true] {
        let mapped = try mapped(limit: limit)
        if isWarm { _ = try mapped.batch(at: BatchIndices(0..<1_000)) }
        try #require(truncate(path, off_t(size)) == 0)
        let error = MappedArrayError.shrunk(path: path, expected: 4_000_128, found: size)
        #expect(throws: error) { try mapped.batch(at: BatchIndices(0..<1_000)) }
        #expect(throws: error) { try mapped.batch(at: [999, 3, 999]) }
        #expect(throws: error) { try mapped.batch(at: BatchIndices(990..<1_000)) }
      }
    }
  }

  @Test func wholeAgainIsReadAgain() throws {
    let mapped = try mapped()
    let bytes = try folder.bytes()
    try #require(truncate(path, 100) == 0)
    #expect(throws: MappedArrayError.self) { try mapped.batch(at: [999, 3]) }
    try folder.write(bytes)
    #expect(try mapped.batch(at: [999, 3]) == NDArray<Int32>.pattern(shape: Self.shape).batch(at: [999, 3]))
  }

  @Test(arguments: [nil, 0] as [Int?]) func inTheMiddleOfAnEpochOfSeveralThreads(limit: Int?) throws {
    let mapped = try mapped(limit: limit)
    let pool = WorkerPool(workerCount: 4)
    let source = try ArraySource(loading: mapped, repeats: .forever)
    for order in [Shuffle.seed(1), .seed(2), .seed(3, memory: .blocks(of: 20, window: 10))] {
      var batches = source.batches(of: 50, shuffle: order).prefetched(by: pool, buffering: 8).makeIterator()
      for _ in 0..<10 { _ = try batches.nextBatch() }
      try #require(truncate(path, 5_000) == 0)
      var failures = 0
      for _ in 0..<40 {
        do { _ = try batches.nextBatch() } catch {
          failures += 1
          #expect("\(error)".contains("\(path): was made shorter"))
        }
      }
      // Eight batches may have been ready before.
      #expect(failures >= 30)
      try NDArray<Int32>.pattern(shape: Self.shape).write(npyFile: folder.path("again"))
      try folder.write(folder.bytes("again"))
    }
  }

  /// The handler leaves other faults alone.
  @Test func faultsElsewhereEndTheProcess() async {
    await #expect(processExitsWith: .failure) {
      let folder = try FileFolder()
      let path = folder.path("file.npy")
      try NDArray<Int32>.pattern(shape: [100_000]).write(npyFile: path)
      let mapped = try MappedArray<Int32>(npyFile: path)
      let array = try mapped.array
      truncate(path, 0)
      #expect(throws: MappedArrayError.self) { try mapped.batch(at: [5, 3]) }
      unlink(path)
      rmdir(folder.path(""))
      print(array[90_000])
    }
    await #expect(processExitsWith: .failure) {
      let folder = try FileFolder()
      try NDArray<Int32>([1, 2]).write(npyFile: folder.path("file.npy"))
      _ = try MappedArray<Int32>(npyFile: folder.path("file.npy")).batch(at: [1, 0])
      raise(SIGBUS)
    }
  }
}
