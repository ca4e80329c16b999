import BatchUp
import TestSupport
import Testing

/// What can be wrong with a source.
private enum Defect: CaseIterable {
  case reorders, losesASample, deliversTooMuch, overstatesItsCount, forgetsItsOrder, sharesAnIterator
  case beginsAgain, drawsEarly, dependsOnTheBatchSize, reusesMemory, trimsPositionsWrongly, picksWrongly
}

/// A list of numbers, in order or shuffled, with one defect.
private final class DefectiveSource: BatchSource, InOrderSource, @unchecked Sendable {
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

  var traits: SourceTraits {
    SourceTraits(sampleCount: .finite(defect == .overstatesItsCount ? count + 1 : count), isEven: true)
  }

  func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions {
    iterationCount += 1
    if defect == .drawsEarly, var generator = order.makeGenerator() { _ = generator.next() }
    return Positions(source: self, batchSize: ranges.batchSize, order: order, iteration: iterationCount)
  }

  func batch(at position: Position, in context: BatchContext) -> Shared {
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
    func selecting(_ places: [Int]) -> Position {
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
