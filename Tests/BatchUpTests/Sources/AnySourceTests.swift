import BatchUp
import TestSupport
import Testing

@Suite struct AnySourceTests {
  @Test func deliversWhatItsSourceDelivers() throws {
    for repeats: Repetition in [1, 2, .forever] {
      let source = try numbers(0..<5, repeats: repeats)
      for batchSize in 1...7 {
        let erased = source.erased()
        #expect(erased.batches(of: batchSize).prefix(9).elementsEqual(source.batches(of: batchSize).prefix(9)))
        let shuffled = erased.batches(of: batchSize, shuffle: .seed(1), remainder: .drop)
        let expected = source.batches(of: batchSize, shuffle: .seed(1), remainder: .drop)
        #expect(shuffled.prefix(9).elementsEqual(expected.prefix(9)))
        #expect(shuffled.sampleCount == expected.sampleCount)
        let unordered = AnySource(source).batches(of: batchSize, shuffle: .seed(1), remainder: .drop)
        #expect(unordered.prefix(9).elementsEqual(expected.prefix(9)))
      }
    }
  }

  @Test func countsAreThoseOfItsSource() throws {
    let choice = try members([5, 5]).concatenated()
    #expect(choice.erased().batches(of: 3, remainder: .drop).sampleCount == .finite(6))
    #expect(AnySource(choice).batches(of: 3, shuffle: .seed(1), remainder: .drop).sampleCount == .finite(6))
    #expect(try numbers(0..<1, repeats: .forever).erased().sampleCount == .infinite)
  }

  @Test func membersOfDifferentTypes() throws {
    let pool: [AnyInOrderSource<[Int], Never>] = try [
      ArraySource(Array(0..<4)).erased(), numbers(4..<7).map { $0.scalars }.erased(),
      zip(numbers(7..<10), numbers(0..<9)).map { $0.0.scalars }.erased(),
    ]
    #expect(pool.concatenated().batches(of: 2).map { $0 } == [[0, 1], [2, 3], [4, 5], [6], [7, 8], [9]])
  }

  @Test func errorsComeThrough() throws {
    let source = try loaded(0..<6, unreadable: [2]).erased()
    #expect(outcomes(source.batches(of: 2)).map { try? $0.get() } == [[0, 1], nil, [4, 5]])
  }

  @Test func aPositionOfAnotherSourceIsMisuse() async {
    await #expect(processExitsWith: .failure) {
      let pairs = try zip(numbers(0..<4), numbers(0..<4)).erased()
      let positions = pairs.positions(over: BatchRanges(batchSize: 2), order: .inOrder)
      if let position = positions.next() { _ = try numbers(0..<4).erased().batch(at: position) }
    }
  }
}
