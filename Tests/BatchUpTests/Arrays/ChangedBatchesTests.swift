import TestSupport
import Testing

@testable import BatchUp

/// Batches that their receiver changes in place.
@Suite(.namingCases) struct ChangedBatchesTests {
  private let x = NDArray<Float>((0..<2_000).map(Float.init), shape: [100, 20])
  private let y = NDArray<Int32>((0..<100).map(Int32.init))

  private func batches() throws -> Batches<ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>> {
    try ArraySource(x, y, repeats: .times(5)).batches(of: 10, shuffle: .seed(1))
  }

  private func address<Scalar>(_ array: NDArray<Scalar>) -> UInt {
    array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
  }

  /// Changes an array in each of the ways that there are.
  private func change(_ array: inout NDArray<Float>) {
    array[0, 0] += 1
    array.withUnsafeMutableBufferPointer { $0[1] += 1 }
    var span = array.mutableSpan
    span[2] += 1
  }

  private func expectRows(_ images: NDArray<Float>, of labels: NDArray<Int32>) {
    for i in 0..<labels.count { #expect(images[row: i] == x[row: Int(labels[i])]) }
  }

  /// Changes a batch, and expects that it stays where it is.
  private func expectChangedInPlace(_ images: inout NDArray<Float>, _ labels: NDArray<Int32>) {
    expectRows(images, of: labels)
    let before = address(images)
    change(&images)
    #expect(address(images) == before)
  }

  @Test func batchesOfTheLoopAloneAreChangedInPlace() throws {
    var iterator = try batches().makeIterator()
    var addresses: Set<UInt> = []
    while case (var images, let labels)? = iterator.next() {
      expectChangedInPlace(&images, labels)
      addresses.insert(address(images))
    }
    #expect(addresses.count == 1)
    #expect(iterator.context.allocationCount == 2)

    addresses = []
    for var images in try ArraySource(x).batches(of: 10, shuffle: .seed(1)) {
      let before = address(images)
      change(&images)
      #expect(address(images) == before)
      addresses.insert(before)
    }
    #expect(addresses.count == 1)
  }

  @Test func prefetchedBatchesAreChangedInPlace() async throws {
    for workerCount in [0, 1, 3] {
      let pool = WorkerPool(workerCount: workerCount)
      var iterator = try batches().prefetched(by: pool, buffering: 2).makeIterator()
      while case (var images, let labels)? = iterator.next() { expectChangedInPlace(&images, labels) }
      // Two of each batch that is prepared, that is held, and that was held before.
      #expect(iterator.statistics.allocationCount <= 8)

      var later = try batches().prefetched(by: pool, buffering: 2).async.makeAsyncIterator()
      while case (var images, let labels)? = await later.next() { expectChangedInPlace(&images, labels) }
      #expect(later.base.statistics.allocationCount <= 8)
    }
  }

  @Test func batchesThatAreHeldElsewhereAreCopied() throws {
    for (images, labels) in try batches() {
      var changed = images
      change(&changed)
      #expect(address(changed) != address(images))
      expectRows(images, of: labels)

      let row = changed[row: 3]
      let scalars = row.scalars
      changed[3, 0] += 1
      #expect(row.scalars == scalars)
    }
  }

  /// Also those whose other holders are views, which are released one after the other.
  @Test func theLastHolderChangesABatchInPlace() throws {
    for (images, labels) in try batches() {
      _ = consume labels
      var view: NDArray<Float>? = images[rows: 2..<4]
      var last = images.reshaped([200])
      let before = address(last)
      _ = consume images
      last[0] += 1
      #expect(address(last) != before)
      var whole = view.take()!.reshaped([40])
      let inside = address(whole)
      whole[0] += 1
      #expect(address(whole) == inside)
    }
  }

  @Test func keptBatchesThatWereChangedStayAsTheyAre() throws {
    var kept: [(images: NDArray<Float>, expected: [Float])] = []
    for var (images, _) in try batches() {
      change(&images)
      kept.append((images, images.scalars))
      if kept.count > 20 { kept.removeFirst(3) }
      for (images, expected) in kept { #expect(images.scalars == expected) }
    }
  }

  @Test func paddedAndMappedBatchesAreChangedInPlace() throws {
    for var (batch, mask) in try ArraySource(x, y).padded().batches(of: 16, shuffle: .seed(2)) {
      let before = (address(batch.0), address(mask))
      change(&batch.0)
      mask[0] = false
      #expect((address(batch.0), address(mask)) == before)
    }
    for case (var images, let labels) in try ArraySource(x, y).map({ ($0, $1) }).batches(of: 16, shuffle: .seed(2)) {
      expectChangedInPlace(&images, labels)
    }
  }

  /// The bytes come back to the recycler when the last holder releases them, and are freed where there is none any more.
  @Test func changedMemoryIsRecycled() {
    let recycler = StorageRecycler(limit: 2)
    var addresses: Set<UInt> = []
    for _ in 0..<10 {
      var array = NDArray<Float>(uninitializedShape: [100], recycler: recycler)
      array[0] = 1
      addresses.insert(address(array))
    }
    #expect(addresses.count == 1)
    #expect(recycler.allocationCount == 1)

    var held = (0..<4).map { _ in NDArray<Float>(uninitializedShape: [100], recycler: recycler) }
    for i in held.indices { held[i][0] = 1 }
    #expect(recycler.takeUnheld().isEmpty)
    held = []
    #expect(recycler.takeUnheld().count == 2)
  }

  @Test func aChangedArrayOutlivesItsRecycler() {
    var recycler: StorageRecycler? = StorageRecycler()
    var array = NDArray<Float>(uninitializedShape: [100], recycler: recycler)
    array[0] = 1
    recycler = nil
    array[1] = 2
    #expect(array[0] == 1 && array[1] == 2)
  }

  /// What is released by one thread is handed out to another.
  @Test func changedMemoryIsRecycledAmongThreads() {
    let recycler = StorageRecycler(limit: 4)
    let pool = WorkerPool(workerCount: 3)
    for sum in pool.stream(
      0..<1_000,
      { number -> Int in
        var array = NDArray<Int>(uninitializedShape: [50], recycler: recycler)
        for i in 0..<50 { array[i] = number }
        let other = array
        array[0] += 1
        return array.scalars.reduce(0, +) - other.scalars.reduce(0, +)
      })
    {
      #expect(sum == 1)
    }
  }
}
