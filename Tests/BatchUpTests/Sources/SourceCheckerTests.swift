import BatchUp
import TestSupport
import Testing

/// What can be wrong with a source.
private enum Defect: CaseIterable {
  case reorders, losesASample, deliversTooMuch, overstatesItsCount, forgetsItsOrder, sharesAnIterator, skipsWrongly
  case trimsFromTheEnd, beginsAgain, drawsEarly, dependsOnTheBatchSize, reusesMemory, positionsAreOff
  case trimsPositionsWrongly, picksWrongly
}

/// A list of numbers, in order or shuffled, with one defect.
private final class DefectiveSource: RandomAccessSource, InOrderSource, @unchecked Sendable {
  typealias Batch = Shared
  typealias Failure = Never

  /// Samples in memory that a defective source uses again.
  final class Shared {
    var samples: [Int]
    init(_ samples: [Int]) { self.samples = samples }
  }

  let defect: Defect?
  let count = 7
  var iterationCount = 0
  var sharedStart = 0
  let sharedBatch = Shared([])

  init(_ defect: Defect?) { self.defect = defect }

  var sampleCount: SampleCount { .finite(defect == .overstatesItsCount ? count + 1 : count) }

  func makeBatchIterator(batchSize: Int, order: SampleOrder) -> Iterator {
    Iterator(source: self, positions: makePositionIterator(batchSize: batchSize, order: order))
  }

  func makePositionIterator(batchSize: Int, order: SampleOrder) -> Positions {
    iterationCount += 1
    if defect == .drawsEarly, var generator = order.makeGenerator() { _ = generator.next() }
    return Positions(source: self, batchSize: batchSize, order: order, iteration: iterationCount)
  }

  func batch(at position: Position, recycling recycler: StorageRecycler?) -> Shared {
    if defect != .reusesMemory { return Shared(position.samples) }
    sharedBatch.samples = position.samples
    return sharedBatch
  }

  struct Position: BatchPosition {
    var samples: [Int]
    var trimsWrongly = false
    var picksWrongly = false
    var sampleCount: Int { samples.count }
    func trimmed(to count: Int) -> Position {
      Position(samples: trimsWrongly ? Array(samples.suffix(count)) : Array(samples.prefix(count)))
    }
    func picking(_ places: [Int]) -> Position {
      Position(samples: places.map { samples[picksWrongly ? samples.count - 1 - $0 : $0] })
    }
    func sampleIndices(at place: Int) -> [Int] { [samples[place]] }
  }

  struct Positions: IteratorProtocol {
    let source: DefectiveSource
    let batchSize: Int
    let order: SampleOrder
    let iteration: Int
    var samples: [Int]?
    var start = 0

    private func ordered() -> [Int] {
      guard var generator = order.makeGenerator() else { return Array(0..<source.count) }
      var samples = (0..<source.count).shuffled(using: &generator)
      if source.defect == .forgetsItsOrder { samples.swapAt(0, iteration % source.count) }
      if source.defect == .dependsOnTheBatchSize { samples.swapAt(0, batchSize % source.count) }
      return samples
    }

    mutating func next() -> Position? {
      let samples = self.samples ?? ordered()
      self.samples = samples
      if source.defect == .sharesAnIterator { start = source.sharedStart }
      if start >= samples.count {
        if source.defect == .beginsAgain { start = 0 }
        return nil
      }
      var batch = Array(samples[start..<min(batchSize, samples.count - start) + start])
      start += batchSize
      source.sharedStart = start >= samples.count ? 0 : start
      if source.defect == .sharesAnIterator, start >= samples.count { source.sharedStart = samples.count }
      if source.defect == .losesASample, start >= samples.count { batch.removeLast() }
      if source.defect == .deliversTooMuch, batch.count == 2 { batch.append(0) }
      if source.defect == .reorders, batch.count == 3 { batch[0] = batch[1] }
      if batch.isEmpty { return nil }
      return Position(
        samples: batch, trimsWrongly: source.defect == .trimsPositionsWrongly,
        picksWrongly: source.defect == .picksWrongly)
    }
  }

  struct Iterator: BatchIteratorProtocol {
    typealias Batch = Shared
    typealias Failure = Never
    let source: DefectiveSource
    var positions: Positions
    var pending: [Int] = []

    mutating func advance() -> Int? {
      if source.defect == .skipsWrongly, !pending.isEmpty { return pending.count }
      guard let position = positions.next() else { return nil }
      pending = position.samples
      return pending.count
    }

    mutating func makeBatch(ofFirst count: Int) -> Shared {
      var samples = Array(source.defect == .trimsFromTheEnd ? pending.suffix(count) : pending.prefix(count))
      if source.defect == .positionsAreOff, !samples.isEmpty { samples[0] += 1 }
      pending = []
      return source.batch(at: Position(samples: samples), recycling: nil)
    }
  }
}

/// The checker must find what is wrong: here are sources with known defects.
@Suite struct SourceCheckerTests {
  private func check(_ source: DefectiveSource) throws {
    try checkSource(source, delivering: Array(0..<7)) { $0.samples }
  }

  @Test func aSoundSourceHasNoFault() throws { try check(DefectiveSource(nil)) }

  @Test(arguments: Defect.allCases) private func aDefectIsFound(defect: Defect) throws {
    #expect(throws: SourceFault.self) { try check(DefectiveSource(defect)) }
  }

  @Test func faultsSayWhereAndWhat() throws {
    let fault = #expect(throws: SourceFault.self) { try check(DefectiveSource(.overstatesItsCount)) }
    #expect(fault?.description.contains("SourceCheckerTests.swift:") == true)
    #expect(fault?.description.contains("batches of 1 shuffled by a key: sampleCount is 8, but 7 samples come") == true)
  }

  @Test func traitsAreBelieved() throws {
    try checkSource(DefectiveSource(.overstatesItsCount), traits: .countsAreBounds) { $0.samples }
    #expect(throws: SourceFault.self) { try checkSource(generated(0..<5)) { $0 } }
    #expect(throws: SourceFault.self) { try checkSource(members([3, 4]).concatenated()) { $0.scalars } }
    #expect(throws: SourceFault.self) {
      try checkSource(ChoiceSource(members([5, 1])), traits: .shortBatchesAnywhere) { $0.scalars }
    }
    #expect(throws: SourceFault.self) { try checkSource(SequenceSource([[1, 2]]), traits: .copiesShareState) { $0 } }
  }
}
