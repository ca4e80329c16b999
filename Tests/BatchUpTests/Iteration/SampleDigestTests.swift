import BatchUp
import Foundation
import TestSupport
import Testing

@Suite(.namingCases) struct SampleDigestTests {
  private func digest<Source: BatchSource & Sendable>(
    _ source: Source, of batchSize: Int, _ shuffle: Shuffle = .seed(4)
  ) throws -> SampleDigest {
    var iterator = source.batches(of: batchSize, shuffle: shuffle).accounted().makeIterator()
    while try iterator.nextBatch() != nil {}
    return try #require(iterator.digest)
  }

  @Test func onlyWhereItIsAskedFor() throws {
    var iterator = try numbers(0..<5).batches(of: 2).makeIterator()
    _ = iterator.nextBatch()
    #expect(iterator.digest == nil)
    #expect(iterator.state.digest == nil)
  }

  /// Neither depends on the batch size, the second not on the order, and both on the samples.
  @Test func whatItDependsOn() throws {
    let source = try numbers(0..<50)
    let expected = try digest(source, of: 7)
    #expect(expected.sampleCount == 50)
    for batchSize in [1, 2, 3, 49, 50, 51] { #expect(try digest(source, of: batchSize) == expected) }
    let other = try digest(source, of: 7, .seed(5))
    #expect(other.unordered == expected.unordered && other.ordered != expected.ordered)
    for indices in [Array(0..<49), Array(0..<49) + [48], Array(1..<51)] {
      let changed = try digest(ArraySource(NDArray(Array(0..<51)), indices: indices), of: 7)
      #expect(changed.unordered != expected.unordered && changed.ordered != expected.ordered)
    }
  }

  @Test func manyDigestsDiffer() throws {
    var digests: Set<UInt64> = []
    for first in 0..<40 {
      for second in 0..<40 {
        let source = try ArraySource(Array(0..<40), indices: [first, second])
        var iterator = source.batches(of: 2).accounted().makeIterator()
        _ = iterator.nextBatch()
        digests.insert(iterator.digest?.ordered ?? 0)
      }
    }
    #expect(digests.count == 1_600)
  }

  /// Of all ranks together it is that of one.
  @Test func ranks() throws {
    let zipped = try zip(numbers(0..<9, repeats: .forever), numbers(0..<23))
    try withEvery("rankCount", in: 1...5) { rankCount in
      try withEvery("batchSize", in: [3, 5, 8]) { batchSize in
        try withEvery("shuffle", in: [Shuffle.seed(1), .seed(1, memory: .constant)]) { shuffle in
          let parts = try (0..<rankCount).map {
            try digest(zipped.sharded(rank: $0, of: rankCount, end: .uneven), of: batchSize, shuffle)
          }
          #expect(try parts.reduce(SampleDigest(), +) == digest(zipped, of: batchSize, shuffle))
          let padded = try (0..<rankCount).map {
            try digest(zipped.sharded(rank: $0, of: rankCount, end: .pad), of: batchSize, shuffle)
          }
          #expect(padded.reversed().reduce(SampleDigest(), +) == parts.reduce(SampleDigest(), +))
        }
      }
    }
  }

  /// It goes on behind a stop, and workers change nothing.
  @Test func stopsAndWorkers() throws {
    let pool = WorkerPool(workerCount: 2)
    let sources = try [
      ChoiceSource(members([5, 9]), selection: .stratified), ChoiceSource(members([11, 3]), selection: .sequential),
    ]
    for source in sources {
      let expected = try digest(source, of: 3)
      let batches = source.batches(of: 3, shuffle: .seed(4)).accounted()
      for stop in 0...5 {
        var iterator = batches.makeIterator()
        for _ in 0..<stop { _ = iterator.nextBatch() }
        let rest = try source.batches(of: 3, shuffle: .seed(4)).resuming(iterator.state)
        var plain = rest.makeIterator()
        while plain.nextBatch() != nil {}
        #expect(plain.digest == expected)
        var prefetched = rest.prefetched(by: pool).makeIterator()
        while prefetched.nextBatch() != nil {}
        #expect(prefetched.digest == expected)
      }
    }
  }

  /// Batches that were not delivered are not in it.
  @Test func failures() throws {
    var iterator = try loaded(0..<6, unreadable: [3]).batches(of: 2).accounted().makeIterator()
    for _ in 0..<4 { _ = try? iterator.nextBatch() }
    #expect(iterator.digest?.sampleCount == 4)
    var without = try loaded(0..<6, unreadable: [3]).batches(of: 2).accounted()
      .prefetched(by: WorkerPool(workerCount: 0), onFailure: .skipSample).makeIterator()
    while try without.nextBatch() != nil {}
    #expect(without.digest?.sampleCount == 5)
  }

  @Test func coding() throws {
    let digest = try digest(numbers(0..<9), of: 4)
    #expect(try JSONDecoder().decode(SampleDigest.self, from: JSONEncoder().encode(digest)) == digest)
    #expect("\(digest)".wholeMatch(of: #/[0-9a-f]{16} [0-9a-f]{16}/#) != nil)
    let damaged = Data(#"{"sampleCount":-1,"unordered":1,"ordered":2}"#.utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(SampleDigest.self, from: damaged) }
  }
}
