import BatchUp
import TestSupport
import Testing

@Suite struct SequenceSourceTests {
  @Test func batchesComeAsTheyAre() {
    let batches = [NDArray([1, 2]), NDArray([3, 4, 5])]
    let source = SequenceSource(batches, sampleCount: .finite(5))
    #expect(source.sampleCount == .finite(5))
    for batchSize in [1, 2, 3, 100] {
      #expect(Array(source.batches(of: batchSize)) == batches)
      #expect(Array(source.batches(of: batchSize, shuffle: .random)) == batches)
    }
    #expect(Array(source.batches(of: 3, remainder: .drop)) == [batches[1]])
    #expect(source.batches(of: 3).prefix(1).map(\.count) == [2])
  }

  @Test func aSinglePassIsOneIteration() {
    let source = SequenceSource(AnyIterator([[1], [2, 3]].makeIterator()))
    #expect(source.sampleCount == .unknown)
    #expect(Array(source.batches(of: 2)) == [[1], [2, 3]])
    #expect(Array(source.batches(of: 2)).isEmpty)
  }

  @Test func aSequenceWithoutAnEnd() {
    let batches = sequence(first: [1, -1]) { [$0[0] + 1, $0[1] - 1] }
    let source = SequenceSource(batches, sampleCount: .infinite)
    #expect(Array(source.batches(of: 2).prefix(3)) == [[1, -1], [2, -2], [3, -3]])
  }

  @Test func asAMemberOfOtherSources() throws {
    let source = SequenceSource([[1, 2, 3], [4]])
    let pairs = try zip(source, numbers(10..<20)).batches(of: 2).map { ($0, $1.scalars) }
    #expect(pairs.map(\.0) == [[1, 2], [4]])
    #expect(pairs.map(\.1) == [[10, 11], [12]])
    #expect(Array(ChoiceSource([source, source]).batches(of: 2)) == [[1, 2, 3], [1, 2, 3], [4], [4]])
    #expect(Array(source.map { $0.map(String.init) }.batches(of: 9)) == [["1", "2", "3"], ["4"]])
  }
}
