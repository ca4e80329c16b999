import BatchUp
import Testing

@Suite struct BatchIndicesTests {
  @Test func rangesAndListsHoldTheSameIndices() {
    for lower in 0...5 {
      for upper in lower...9 {
        let run = BatchIndices(lower..<upper)
        let list = BatchIndices(Array(lower..<upper))
        #expect(run == list)
        #expect(Array(run) == Array(lower..<upper))
        #expect(run.sampleCount == upper - lower)
        #expect(run.reversed() == list.reversed())
      }
    }
  }

  @Test func indicesOfAnySizeComeOutAsTheyWentIn() {
    for list in [[0], [Int(UInt32.max), 1], [Int(UInt32.max) + 1, 1], [-1, 3], [Int.min, Int.max], []] {
      #expect(Array(BatchIndices(list)) == list)
    }
    #expect(Array([3, 1, 2] as BatchIndices) == [3, 1, 2])
    #expect("\(BatchIndices([3, 1]))" == "[3, 1]")
  }

  @Test func positionsOutsideAreMisuse() async {
    await #expect(processExitsWith: .failure) { _ = BatchIndices(2..<4)[2] }
    await #expect(processExitsWith: .failure) { _ = BatchIndices([2, 3])[-1] }
  }
}
