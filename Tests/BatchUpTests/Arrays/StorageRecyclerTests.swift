import Testing

@testable import BatchUp

private func address<Scalar>(_ array: NDArray<Scalar>) -> UInt {
  array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
}

@Suite struct StorageRecyclerTests {
  private let x = NDArray<Float>((0..<2_000).map(Float.init), shape: [100, 20])
  private let y = NDArray<Int32>((0..<100).map(Int32.init))

  @Test func droppedBatchesUseTheSameMemoryAgain() throws {
    var images: Set<UInt> = []
    var labels: Set<UInt> = []
    for (a, b) in try ArraySource(x, y).batches(of: 10, shuffle: .seed(1)) {
      images.insert(address(a))
      labels.insert(address(b))
    }
    #expect(images.count == 1)
    #expect(labels.count == 1)
    #expect(images.isDisjoint(with: labels))
  }

  @Test func keptBatchesNeverChange() throws {
    for held in [1, 2, 5, 40] {
      var kept: [(NDArray<Float>, NDArray<Int32>)] = []
      for batch in try ArraySource(x, y, repeats: .times(5)).batches(of: 7, shuffle: .seed(2)) {
        kept.append(batch)
        if kept.count > held { kept.removeFirst() }
        #expect(Set(kept.map { address($0.0) }).count == kept.count)
        for (images, labels) in kept {
          for i in 0..<labels.count { #expect(images[row: i] == x[row: Int(labels[i])]) }
        }
      }
    }
  }

  @Test func partsOfABatchKeepItsMemory() throws {
    var rows: [NDArray<Float>] = []
    var expected: [NDArray<Float>] = []
    for (images, labels) in try ArraySource(x, y).batches(of: 8, shuffle: .seed(3)) {
      rows.append(images[row: 1])
      expected.append(x[row: Int(labels[1])])
    }
    #expect(rows == expected)
  }

  @Test func aRecyclerAllocatesOnlyWhatIsHeld() {
    let context = BatchContext()
    for _ in 0..<50 { _ = x.batch(at: [3, 1, 2], in: context) }
    #expect(context.allocationCount == 1)
    var held: [NDArray<Float>] = []
    for _ in 0..<50 { held.append(x.batch(at: [3, 1, 2], in: context)) }
    #expect(context.allocationCount == 50)
    held = []
    for _ in 0..<50 { _ = x.batch(at: [3, 1, 2], in: context) }
    #expect(context.allocationCount == 50)
  }

  /// Also where there are more from the start: leftovers of a recycler with a higher limit, which somebody holds.
  @Test func noMorePiecesAreRememberedThanTheLimit() {
    let leftovers = (0..<5).map { _ in ArrayStorage(byteCount: 64) }
    let recycler = StorageRecycler(limit: 2, leftovers: leftovers)
    var held: [ArrayStorage] = []
    withExtendedLifetime(leftovers) {
      for _ in 0..<4 { held.append(recycler.storage(byteCount: 64)) }
    }
    #expect(recycler.allocationCount == 4)
    let addresses = held.map(\.base)
    held = []
    #expect(recycler.takeUnheld().map(\.base).sorted() == addresses.suffix(2).sorted())
  }
}
