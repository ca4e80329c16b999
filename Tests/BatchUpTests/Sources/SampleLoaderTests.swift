import BatchUp
import Testing

struct UnreadableSample: Error, Equatable { let index: Int }

/// Squares of the indices; some cannot be loaded.
struct Squares: SampleLoader {
  let sampleCount: Int
  var unreadable: Set<Int> = []

  func batch(at indices: BatchIndices) throws(UnreadableSample) -> [Int] {
    for index in indices where unreadable.contains(index) { throw UnreadableSample(index: index) }
    return indices.map { $0 * $0 }
  }
}

@Suite struct SampleLoaderTests {
  @Test func loadersAndArraysTogether() throws {
    let source = try ArraySource(loading: Squares(sampleCount: 10), NDArray(Array(0..<10)))
    var iterator = source.batches(of: 4, shuffle: .seed(1)).makeIterator()
    var sizes: [Int] = []
    while let (squares, indices) = try iterator.nextBatch() {
      #expect(squares == indices.scalars.map { $0 * $0 })
      sizes.append(squares.count)
    }
    #expect(sizes == [4, 4, 2])
  }

  @Test func aFailureSurfacesAtItsOwnBatchAndTheOthersAreNotLost() throws {
    for bad in 0..<10 {
      let source = try ArraySource(loading: Squares(sampleCount: 10, unreadable: [bad]))
      var iterator = source.batches(of: 3).makeIterator()
      var delivered: [Int] = []
      for batch in 0..<4 {
        if batch == bad / 3 {
          #expect(throws: UnreadableSample(index: bad)) { try iterator.nextBatch() }
        } else {
          delivered += try iterator.nextBatch() ?? []
        }
      }
      #expect(try iterator.nextBatch() == nil)
      #expect(delivered == (0..<10).filter { $0 / 3 != bad / 3 }.map { $0 * $0 })
    }
  }

  @Test func subsetsRepeatsAndMapsOfLoaders() throws {
    let source = try ArraySource(loading: Squares(sampleCount: 10), indices: [5, 2, 9], repeats: 2)
    var iterator = source.map { $0.map(String.init) }.indexed().batches(of: 4).makeIterator()
    let first = try iterator.nextBatch()
    #expect(first?.indices == [5, 2, 9, 5])
    #expect(first?.samples == ["25", "4", "81", "25"])
    #expect(try iterator.nextBatch()?.samples == ["4", "81"])
    #expect(try iterator.nextBatch() == nil)
  }
}
