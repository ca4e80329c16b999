import Testing

@testable import BatchUp

/// Against lists of lengths, one for each batch.
@Suite struct BatchLengthsTests {
  /// All lists of up to four lengths from 0 to 2.
  private static var lists: [[Int]] {
    (0...4).flatMap { count in
      (0..<count).reduce([[]]) { lists, _ in lists.flatMap { list in (0...2).map { list + [$0] } } }
    }
  }

  private func expect(
    _ lengths: BatchLengths, _ list: [Int], _ name: @autoclosure () -> String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(lengths == BatchLengths(list), "\(name())", sourceLocation: sourceLocation)
    #expect(lengths.batchCount == list.count, "\(name())", sourceLocation: sourceLocation)
    #expect(lengths.sampleCount == .finite(list.reduce(0, +)), "\(name())", sourceLocation: sourceLocation)
  }

  @Test func listsOfLengths() {
    for list in Self.lists {
      let lengths = BatchLengths(list)
      expect(lengths, list, "\(list)")
      for count in 0...5 {
        expect(lengths.prefix(count), Array(list.prefix(count)), "the first \(count) of \(list)")
        expect(
          lengths.dropFirst(count, sampleCount: 0), Array(list.dropFirst(count)), "\(list) without the first \(count)")
      }
      for least in 0...3 {
        expect(lengths.dropping(shorterThan: least), list.filter { $0 >= least }, "those of \(list) from \(least)")
      }
      for rankCount in 1...3 {
        for rank in 0..<rankCount {
          let dealt = list.indices.filter { $0 % rankCount == rank }.map { list[$0] }
          expect(lengths.dealt(rank: rank, of: rankCount), dealt, "those of \(list) dealt to \(rank) of \(rankCount)")
        }
      }
      expect(lengths.parts { $0 / 2 }, list.map { $0 / 2 }, "halves of \(list)")
    }
  }

  @Test func twoListsOfLengths() {
    for list in Self.lists {
      for other in Self.lists {
        let (lengths, others) = (BatchLengths(list), BatchLengths(other))
        expect(.sequence(of: [lengths, others]), list + other, "\(other) behind \(list)")
        expect(lengths.paired(with: others), zip(list, other).map(min), "\(list) beside \(other)")
        #expect(BatchLengths.mixture(of: [lengths, others]) == .mixture(of: [others, lengths]))
        let mixture = BatchLengths.mixture(of: [lengths, others])
        #expect(mixture.batchCount == list.count + other.count)
        for count in 0...4 {
          let most = (list + other).sorted(by: >).prefix(count).reduce(0, +)
          #expect(mixture.prefix(count).sampleCount == .finite(most), "\(count) of \(list) and \(other)")
        }
        #expect(BatchLengths.part(of: [lengths, others]).batchCount == nil)
      }
    }
  }

  @Test func samplesInBatches() {
    for count in 0...9 {
      for batchSize in 1...10 {
        let starts = stride(from: 0, to: count, by: batchSize)
        expect(
          BatchLengths(of: batchSize, sampleCount: .finite(count)), starts.map { min(batchSize, count - $0) },
          "\(count) samples in batches of \(batchSize)")
      }
    }
  }

  @Test func withoutEnd() {
    let endless = BatchLengths(of: 4, sampleCount: .infinite)
    let finite = BatchLengths([4, 4, 2])
    #expect(endless.batchCount == nil)
    #expect(endless.sampleCount == .infinite)
    expect(endless.prefix(2), [4, 4], "two of them")
    #expect(endless.dropFirst(7, sampleCount: 28) == endless)
    #expect(endless.dealt(rank: 1, of: 3) == endless)
    expect(endless.paired(with: finite), [4, 4, 2], "pairs")
    expect(.sequence(of: [finite, endless]).prefix(5), [4, 4, 2, 4, 4], "behind others")
    #expect(BatchLengths.sequence(of: [endless, finite]) == endless)
    let parts = BatchLengths.mixture(of: [endless, endless.parts { $0 / 2 }])
    #expect(parts.sampleCount == .infinite)
    #expect(parts.prefix(3).sampleCount == .finite(12))
    #expect(parts.prefix(3).batchCount == nil)
  }

  @Test func unknownLengths() {
    let unknown = BatchLengths(ofUnknownLengthsWith: .finite(10))
    #expect(unknown.batchCount == nil)
    #expect(unknown.sampleCount == .finite(10))
    #expect(unknown.prefix(2).sampleCount == .finite(10))
    expect(unknown.prefix(0), [], "none of them")
    #expect(unknown.dropFirst(2, sampleCount: 3).sampleCount == .finite(7))
    #expect(unknown.parts { $0 }.sampleCount == .unknown)
    #expect(unknown.dealt(rank: 0, of: 2).sampleCount == .unknown)
    #expect(unknown.paired(with: BatchLengths([4])).sampleCount == .finite(4))
    #expect(BatchLengths(ofUnknownLengthsWith: .infinite).prefix(3).sampleCount == .unknown)
    #expect(BatchLengths.sequence(of: [unknown, BatchLengths([4])]).sampleCount == .finite(14))
  }
}
