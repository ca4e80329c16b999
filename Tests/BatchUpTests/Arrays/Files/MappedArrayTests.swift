import Foundation
import TestSupport
import Testing

@testable import BatchUp

/// As many as fit, and none, and pages of the file that have to be released after each batch.
private let limits: [Int?] = [nil, .max, 0, 1 << 21]

@Suite struct MappedArrayTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private var path: String { folder.path("file.npy") }

  @Test func everyTypeAndShape() throws {
    for type in patternTypes {
      for shape in patternShapes {
        for order in [ByteOrder.littleEndian, .bigEndian] { try check(type, shape, order) }
      }
    }
  }

  private func check<Scalar: PatternScalar>(_: Scalar.Type, _ shape: [Int], _ order: ByteOrder) throws {
    let bytes = npyBytes(Scalar.self, shape: shape, order: order)
    try folder.write(bytes)
    let array = NDArray<Scalar>.pattern(shape: shape)
    let dataOffset = bytes.count - array.count * MemoryLayout<Scalar>.size
    for limit in limits {
      let mapped = try MappedArray<Scalar>(npyFile: path, residencyLimit: limit)
      #expect(mapped.shape == shape && mapped.rowShape == Array(shape.dropFirst()))
      #expect(mapped.sampleCount == array.sampleCount && mapped.hasSampleAxis == array.hasSampleAxis)
      try checkBatches(mapped, array)
      try checkBatches(
        MappedArray(file: path, offset: dataOffset, shape: shape, byteOrder: order, residencyLimit: limit), array)
    }
    if Scalar.npyElementType != .bool, order == .native || MemoryLayout<Scalar>.size == 1,
      dataOffset % MemoryLayout<Scalar>.alignment == 0
    {
      #expect(try MappedArray<Scalar>(npyFile: path).array == array)
    } else {
      #expect(throws: MappedArrayError.self) { try MappedArray<Scalar>(npyFile: path).array }
    }
  }

  private func checkBatches<Scalar: PatternScalar>(_ mapped: MappedArray<Scalar>, _ array: NDArray<Scalar>) throws {
    let count = array.sampleCount
    guard array.hasSampleAxis else { return }
    var lists = [BatchIndices(0..<count), BatchIndices(count / 2..<count), BatchIndices([Int]())]
    if count > 0 { lists.append(BatchIndices([count - 1, 0, count / 2, 0, min(1, count - 1)])) }
    for indices in lists { #expect(try mapped.batch(at: indices) == array.batch(at: indices)) }
  }

  /// Longer than pages and blocks, so that runs and lists cross both.
  @Test(arguments: [nil, .max, 0, 1 << 21] as [Int?]) func largeFiles(limit: Int?) throws {
    let shape = [5_000, 333]
    try NDArray<Float>.pattern(shape: shape).write(npyFile: path)
    let mapped = try MappedArray<Float>(npyFile: path, residencyLimit: limit)
    let inMemory = try ArraySource(NDArray<Float>.pattern(shape: shape))
    let source = try ArraySource(loading: mapped)
    for batchSize in [1, 64, 1_000] {
      var batches = source.batches(of: batchSize).makeIterator()
      for expected in inMemory.batches(of: batchSize) { #expect(try batches.nextBatch() == expected) }
      #expect(try batches.nextBatch() == nil)
      var shuffled = source.batches(of: batchSize, shuffle: .seed(1)).makeIterator()
      for expected in inMemory.batches(of: batchSize, shuffle: .seed(1)) {
        #expect(try shuffled.nextBatch() == expected)
      }
      // Of one, there are enough in the order without blocks.
      if batchSize == 1 { continue }
      for memory in [
        ShuffleMemory.blocks(of: 100, window: 7), .blocks(of: 1, window: 3), .blocks(of: 1_000, window: 1),
      ] {
        let shuffle = Shuffle.seed(1, memory: memory)
        var mixed = source.batches(of: batchSize, shuffle: shuffle).makeIterator()
        for expected in inMemory.batches(of: batchSize, shuffle: shuffle) { #expect(try mixed.nextBatch() == expected) }
      }
    }
    let indices = BatchIndices([7, 8, 9, 3, 4, 4, 5, 4_999, 0])
    #expect(try mapped.batch(at: indices) == NDArray<Float>.pattern(shape: shape).batch(at: indices))
  }

  @Test func batchesAreOwnAndRecycled() throws {
    try NDArray<Int32>.pattern(shape: [100, 5]).write(npyFile: path)
    let mapped = try MappedArray<Int32>(npyFile: path)
    let context = BatchContext()
    for _ in 0..<10 { _ = try mapped.batch(at: BatchIndices(0..<10), in: context) }
    #expect(context.allocationCount == 1)
    let kept = try mapped.batch(at: BatchIndices(0..<10), in: context)
    _ = try mapped.batch(at: BatchIndices(10..<20), in: context)
    #expect(kept == NDArray<Int32>.pattern(shape: [100, 5])[rows: 0..<10])
  }

  @Test func workersShareIt() throws {
    try NDArray<Int32>.pattern(shape: [3_000, 50]).write(npyFile: path)
    let inMemory = try ArraySource(NDArray<Int32>.pattern(shape: [3_000, 50]))
    let pool = WorkerPool(workerCount: 4)
    for limit in limits {
      let source = try ArraySource(loading: MappedArray<Int32>(npyFile: path, residencyLimit: limit))
      var batches = source.batches(of: 32, shuffle: .seed(2)).prefetched(by: pool).makeIterator()
      for expected in inMemory.batches(of: 32, shuffle: .seed(2)) { #expect(try batches.nextBatch() == expected) }
    }
  }

  @Test func rawFiles() throws {
    try folder.write(Array(0..<100))
    let rows = try MappedArray<UInt8>(file: path, offset: 90, shape: [2, 5])
    #expect(try rows.batch(at: [1, 0]).scalars == [95, 96, 97, 98, 99, 90, 91, 92, 93, 94])
    #expect(throws: MappedArrayError.tooShort(path: path, expected: 101, found: 100)) {
      try MappedArray<UInt8>(file: path, offset: 91, shape: [2, 5])
    }
    #expect(throws: MappedArrayError.overflowingShape(path: path, shape: [1 << 62, 4], elementType: .int32)) {
      try MappedArray<Int32>(file: path, shape: [1 << 62, 4])
    }
    #expect(throws: MappedArrayError.overflowingShape(path: path, shape: [1], elementType: .uint8)) {
      try MappedArray<UInt8>(file: path, offset: .max, shape: [1])
    }
    #expect(throws: MappedArrayError.self) { try MappedArray<Int32>(file: path, offset: 1, shape: [2]).array }
    let bytes = try MappedArray<UInt8>(file: path, shape: [10, 10]).array
    #expect(RescaledBytes(bytes).batch(at: [9, 0])[0, 0] == Float(90) * Float(1.0 / 255))
  }

  @Test func fortranOrderIsReadIntoMemory() throws {
    try folder.write(npyBytes(Float.self, shape: [3, 4], isFortranOrder: true))
    #expect(throws: NPYError.fortranOrder(path: path, shape: [3, 4])) { try MappedArray<Float>(npyFile: path) }
  }

  @Test func indicesOutside() async {
    await #expect(processExitsWith: .failure) {
      let folder = try FileFolder()
      try NDArray<Int8>([1, 2]).write(npyFile: folder.path("file.npy"))
      _ = try MappedArray<Int8>(npyFile: folder.path("file.npy")).batch(at: [0, 2])
    }
    await #expect(processExitsWith: .failure) {
      let folder = try FileFolder()
      try NDArray<Int8>([1, 2]).write(npyFile: folder.path("file.npy"))
      _ = try MappedArray<Int8>(npyFile: folder.path("file.npy"), residencyLimit: 0).batch(at: [0, -1])
    }
  }

  #if os(Linux)
    /// Every page of 64 MiB in order, and each sample of them, with at most 8 MiB of the file in the process.
    @Test func residencyIsBounded() throws {
      let shape = [1 << 14, 1 << 12]
      let output = try NPYOutput<UInt8>(path: path, shape: shape)
      let part = NDArray<UInt8>(repeating: 7, shape: [1 << 10, 1 << 12])
      for row in stride(from: 0, to: shape[0], by: part.sampleCount) { try output.write(part, at: row) }
      try output.finish()
      let limit = 4 << 20
      let mapped = try MappedArray<UInt8>(npyFile: path, residencyLimit: limit)
      var iterator = try ArraySource(loading: mapped).batches(of: 256).makeIterator()
      var shuffled = try ArraySource(loading: mapped).batches(of: 256, shuffle: .seed(1)).makeIterator()
      var most = 0
      while let x = try iterator.nextBatch(), let y = try shuffled.nextBatch() {
        #expect(x[255, 7] == 7 && y[0, 0] == 7)
        most = max(most, residentByteCount(of: path))
      }
      // One batch, and a block of 2 MiB at each of its ends.
      #expect(most <= limit + (1 << 20) + (4 << 20))
      #expect(most > 0 || limit == 0)
    }

    /// Blocks that are mapped in, since a window is a small part of the limit, and blocks that are not; of all samples,
    /// and of every other one.
    @Test(arguments: [2, 64], [1, 2]) func residencyIsBoundedInBlocks(window: Int, step: Int) throws {
      let shape = [1 << 14, 1 << 13]
      let output = try NPYOutput<UInt8>(path: path, shape: shape)
      let part = NDArray<UInt8>(repeating: 7, shape: [1 << 10, 1 << 13])
      for row in stride(from: 0, to: shape[0], by: part.sampleCount) { try output.write(part, at: row) }
      try output.finish()
      let limit = 64 << 20
      let mapped = try MappedArray<UInt8>(npyFile: path, residencyLimit: limit)
      let chosen = stride(from: step - 1, to: shape[0], by: step)
      let source = try ArraySource(loading: mapped, indices: chosen)
      let shuffle = Shuffle.seed(1, memory: .blocks(of: 64, window: window))
      var batches = source.batches(of: 64, shuffle: shuffle).makeIterator()
      var (most, count) = (0, 0)
      while let x = try batches.nextBatch() {
        #expect(x[0, 0] == 7)
        count += x.sampleCount
        if count % 512 == 0 { most = max(most, residentByteCount(of: path)) }
      }
      #expect(count == shape[0] / step)
      #expect(most <= limit)
      #expect((most > 0) == (window == 2 && step == 1))
    }

    /// Nothing of the file is in the page cache, and nobody looks: what is there is what was announced.
    @Test func announcedSamplesAreReadAhead() throws {
      let shape = [1 << 10, 1 << 13]
      let array = NDArray<UInt8>(repeating: 7, shape: shape)
      try array.write(npyFile: path)
      let mapped = try MappedArray<UInt8>(npyFile: path)
      guard forget(path), pagesInCache(of: mapped) == 0 else { return }  // a file system in memory
      let order = SampleOrder.shuffled(ShuffleKey(seed: 1, memory: .blocks(of: 32, window: 4)))
      let source = try ArraySource(loading: mapped)
      var positions = source.positions(over: BatchRanges(batchSize: 1), order: order)
      let next = positions.next()
      let first = try #require(next)
      #expect(try source.batch(at: first) == array.batch(at: first.sampleIndices))
      let ranges = try #require(first.hint?.ranges)
      let announcedCount = ranges.reduce(0) { $0 + $1.count }
      // Four blocks, one of the next window, of which two may be the shorter ones at the ends.
      #expect(announcedCount > 2 * 32 && announcedCount <= 5 * 32)
      let expected = announcedCount * (1 << 13) / 4096
      #expect(eventually { pagesInCache(of: mapped) >= expected })
    }

    /// Once batches were found to come from the disk, the rows of the next one are read while nobody looks.
    @Test(arguments: [nil, 1 << 20]) func samplesOfTheNextBatchAreReadAhead(limit: Int?) throws {
      let shape = [1 << 10, 1 << 13]
      let array = NDArray<UInt8>(repeating: 7, shape: shape)
      try array.write(npyFile: path)
      let mapped = try MappedArray<UInt8>(npyFile: path, residencyLimit: limit)
      guard forget(path), pagesInCache(of: mapped) == 0 else { return }  // a file system in memory
      let source = try ArraySource(loading: mapped)
      var positions = source.positions(
        over: BatchRanges(batchSize: 32), order: .shuffled(ShuffleKey(seed: 1)))
      for _ in 0..<2 {
        let drawn = positions.next()
        let position = try #require(drawn)
        try #require(position.sampleCount == 32)
        #expect(try source.batch(at: position) == array.batch(at: position.sampleIndices))
      }
      let last = positions.next()
      let next = try #require(last)
      try #require(next.sampleCount == 32)
      #expect(eventually { areInCache(next.sampleIndices, of: mapped) })
      // A row of two pages lies in three.
      #expect(pagesInCache(of: mapped) <= 3 * 3 * 32 + 64)
    }

    /// In a limited memory the kernel would otherwise let go of what was announced, before it was looked at.
    @Test func samplesThatWereUsedAreForgotten() throws {
      let shape = [1 << 11, 1 << 12]
      try NDArray<UInt8>(repeating: 7, shape: shape).write(npyFile: path)
      let mapped = try MappedArray<UInt8>(npyFile: path, residencyLimit: 1 << 20)
      guard forget(path), pagesInCache(of: mapped) == 0 else { return }  // a file system in memory
      let source = try ArraySource(loading: mapped)
      var batches = source.batches(of: 64, shuffle: .seed(1, memory: .blocks(of: 64, window: 4))).makeIterator()
      var peak = 0
      while try batches.nextBatch() != nil { peak = max(peak, pagesInCache(of: mapped)) }
      // Two windows of pages, one block that was announced meanwhile, and the pages that blocks share at their ends.
      #expect(peak <= (2 * 4 + 1) * 64 + 2 * 32 + 64, "\(peak) of \(pageCount(of: mapped)) pages")
    }

    private func pageCount(of mapped: MappedArray<UInt8>) -> Int { (mapped.mapping.range.upperBound + 4095) / 4096 }

    private func forget(_ path: String) -> Bool {
      let descriptor = open(path, O_RDONLY)
      defer { close(descriptor) }
      return fsync(descriptor) == 0 && posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) == 0
    }

    private func areInCache(_ rows: BatchIndices, of mapped: MappedArray<UInt8>) -> Bool {
      let pages = cachedPages(of: mapped)
      return rows.allSatisfy { row in
        let start = mapped.mapping.range.lowerBound + row * mapped.rowLength
        return pages[start / 4096...(start + mapped.rowLength - 1) / 4096].allSatisfy(\.self)
      }
    }

    private func pagesInCache(of mapped: MappedArray<UInt8>) -> Int { cachedPages(of: mapped).count(where: \.self) }

    /// Which pages of 4 KiB are in the page cache, whether or not this process has them.
    private func cachedPages(of mapped: MappedArray<UInt8>) -> [Bool] {
      let base = mmap(nil, mapped.mapping.range.upperBound, PROT_READ, MAP_SHARED, mapped.mapping.file.descriptor, 0)
      defer { munmap(base, mapped.mapping.range.upperBound) }
      var pages = [UInt8](repeating: 0, count: pageCount(of: mapped))
      guard mincore(base, mapped.mapping.range.upperBound, &pages) == 0 else { return [] }
      return pages.map { $0 & 1 == 1 }
    }

    private func residentByteCount(of path: String) -> Int {
      var isOfFile = false
      for line in systemText("/proc/self/smaps").split(separator: "\n") {
        if line.contains("-"), line.contains(" r") { isOfFile = line.hasSuffix(path) }
        if isOfFile, line.hasPrefix("Rss:") {
          return 1024 * (Int(line.split(separator: " ")[1]) ?? 0)
        }
      }
      return 0
    }
  #endif
}
