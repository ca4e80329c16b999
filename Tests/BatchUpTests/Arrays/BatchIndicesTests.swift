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

  @Test func runsOfNeighboursAreRecognisedAndNotCopied() {
    let array = NDArray(Array(0..<20), shape: [10, 2])
    let start = array.withUnsafeBufferPointer { $0.baseAddress }
    let run = array.batch(at: BatchIndices([3, 4, 5]))
    #expect(run.withUnsafeBufferPointer { $0.baseAddress } == start.map { $0 + 6 })
    for list in [[3, 4, 6], [3, 2, 1], [3, 3], [2, 3, 4, 3]] {
      let batch = array.batch(at: BatchIndices(list))
      #expect(batch.scalars == list.flatMap { place -> [Int] in [2 * place, 2 * place + 1] })
    }
  }

  @Test func positionsOutsideAreMisuse() async {
    await #expect(processExitsWith: .failure) { _ = BatchIndices(2..<4)[2] }
    await #expect(processExitsWith: .failure) { _ = BatchIndices([2, 3])[-1] }
  }
}
