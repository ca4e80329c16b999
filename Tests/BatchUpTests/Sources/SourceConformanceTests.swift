import BatchUp
import TestSupport
import Testing

/// Every source against the contracts that all have in common. What each does besides is tested in a file of its own.
@Suite struct SourceConformanceTests {
  @Test(arguments: [0, 1, 2, 5]) func arrays(count: Int) throws {
    for repeats in 1...3 {
      let whole = (0..<repeats).flatMap { _ in 0..<count }
      try checkSource(numbers(0..<count, repeats: .times(repeats)), delivering: whole) { $0.scalars }
    }
    try checkSource(numbers(0..<count, repeats: .forever)) { $0.scalars }
  }

  @Test(arguments: [[], [3], [7, 2, 5, 2], [4, 5, 6]]) func subsets(indices: [Int]) throws {
    let array = NDArray(Array(0..<9))
    for repeats in 1...3 {
      let source = try ArraySource(array, array, indices: indices, repeats: .times(repeats))
      try checkSource(source, delivering: (0..<repeats).flatMap { _ in indices }) { first, second in
        first == second ? first.scalars : []
      }
    }
    try checkSource(ArraySource(array, indices: indices, repeats: .forever)) { $0.scalars }
  }

  @Test func loaders() throws {
    try checkSource(loaded(0..<7), delivering: Array(0..<7)) { $0 }
    try checkSource(loaded(0..<7, unreadable: [0, 4, 5])) { $0 }
    try checkSource(
      ArraySource(loading: NumberLoader(numbers: 10..<15), NDArray(Array(0..<5)), indices: [4, 0, 2], repeats: 2)
    ) { zip($0, $1.scalars).map { $0 - 10 == $1 ? $1 : -1 } }
  }

  @Test func weighted() throws {
    let array = NDArray(Array(0..<6))
    let weights = [0.5, 0, 2, 1, 0, 7]
    try checkSource(ArraySource(array, sampler: WeightedSampler(weights: weights))) { $0.scalars }
    try checkSource(ArraySource(array, sampler: WeightedSampler(weights: [1, 3], over: [4, 1], count: 7))) {
      $0.scalars
    }
    for count in 0...4 {
      try checkSource(ArraySource(array, sampler: WeightedSampler(weights: weights, replacing: false, count: count))) {
        $0.scalars
      }
    }
    try checkSource(
      ArraySource(array, sampler: WeightedSampler(weights: weights, replacing: false)), delivering: [0, 2, 3, 5]
    ) { $0.scalars }
    try checkSource(
      zip(ArraySource(array, sampler: WeightedSampler(balancingClasses: [0, 1, 1, 0, 0, 2])), numbers(0..<5))
    ) { paired($0, $1) }
  }

  @Test func loadersPerThread() throws {
    let source = try ArraySource(makingLoader: { NumberLoader(numbers: 0..<7, unreadable: [5]) }, Array(0..<7))
    try checkSource(source) { paired($0, $1) }
  }

  @Test func mappedAtRandom() throws {
    let source = try zip(numbers(0..<5, repeats: .forever), numbers(0..<7)).map { paired($0, $1) }
    let random = source.map(random: { generators, batch in
      batch.indices.map { place in
        var generator = generators[place]
        return "\(batch[place]) \(generator.next())"
      }
    })
    try checkSource(random) { $0 }
    try checkSource(ChoiceSource([random, random]), traits: [.shortBatchesAnywhere, .countsAreBounds]) { $0 }
  }

  @Test func mapped() throws {
    try checkSource(numbers(0..<6, repeats: 2).map { $0.map { $0 + 1 } }) { $0.scalars }
    try checkSource(numbers(0..<6).map { Array($0.scalars.reversed()) }.map { Array($0.reversed()) }) { $0 }
    try checkSource(generated(0..<6).map { $0.map { -$0 } }, traits: .copiesShareState) { $0 }
    try checkSource(loaded(0..<6, unreadable: [3]).map { batch in batch.map { -$0 } }) { $0 }
  }

  @Test func indexed() throws {
    try checkSource(numbers(0..<6, repeats: 2).indexed()) { indices, samples in
      Array(indices) == samples.scalars ? samples.scalars : []
    }
    try checkSource(loaded(0..<6, unreadable: [2]).map { $0 }.indexed()) { indices, samples in
      Array(indices) == samples ? samples : []
    }
    try checkSource(zip(numbers(0..<6), numbers(0..<4)).indexed()) { positions, batch in
      let samples = paired(batch.0, batch.1)
      return samples == paired(Array(positions.first), Array(positions.second)) ? samples : []
    }
  }

  @Test func failable() throws {
    try checkSource(numbers(0..<5, repeats: 2).failable()) { $0.scalars }
    try checkSource(generated(0..<5).failable(), traits: .copiesShareState) { $0 }
    try checkSource(numbers(0..<5).failable().map { try readable($0.scalars) }) { $0 }
  }

  @Test(arguments: 0...4) func pairs(count: Int) throws {
    for other in 0...4 {
      try checkSource(zip(numbers(0..<count), numbers(0..<other))) { paired($0, $1) }
    }
    try checkSource(zip(numbers(0..<3, repeats: .forever), numbers(0..<count))) { paired($0, $1) }
    try checkSource(zip(numbers(0..<count, repeats: 2), numbers(0..<3, repeats: .forever))) { paired($0, $1) }
  }

  @Test func endlessPairs() throws {
    try checkSource(zip(numbers(0..<3, repeats: .forever), numbers(0..<5, repeats: .forever))) { paired($0, $1) }
  }

  @Test func nestedPairs() throws {
    let (a, b) = try (numbers(0..<3, repeats: .forever), numbers(0..<7))
    let (c, d) = try (numbers(0..<5), numbers(0..<6))
    let left = zip(zip(zip(a, b), c), d)
    let right = zip(a, zip(b, zip(c, d)))
    try checkSource(left) { batch, d in
      let ((a, b), c) = batch
      return quadrupled(a, b, c, d)
    }
    try checkSource(right) { a, batch in
      let (b, (c, d)) = batch
      return quadrupled(a, b, c, d)
    }
    try checkSource(left.flattened()) { pair, c, d in quadrupled(pair.0, pair.1, c, d) }
    try checkSource(zip(zip(a, b).flattened(), c).flattened()) { a, b, c in quadrupled(a, b, c, c) }
    try checkSource(zip(zip(a, b), zip(c, d)).flattened().indexed()) { _, batch in
      quadrupled(batch.0, batch.1, batch.2, batch.3)
    }
  }

  @Test func pairsWithGeneratedBatches() throws {
    try checkSource(zip(numbers(0..<6), generated(0..<5)), traits: .copiesShareState) { paired($0.scalars, $1) }
    try checkSource(zip(generated(0..<5), numbers(0..<6, repeats: 2)), traits: .copiesShareState) {
      paired($0, $1.scalars)
    }
    try checkSource(zip(generatedForever(), numbers(0..<5)), traits: .copiesShareState) { paired($0, $1) }
    try checkSource(zip(zip(numbers(0..<6), generated(0..<5)), numbers(0..<4)), traits: .copiesShareState) {
      paired(paired($0.0.scalars, $0.1), $1.scalars)
    }
  }

  @Test func pairsThatFail() throws {
    try checkSource(zip(loaded(0..<7, unreadable: [1, 5]), loaded(0..<6, unreadable: [1, 3]))) { paired($0, $1) }
    try checkSource(zip(numbers(0..<6), loaded(0..<7, unreadable: [4]))) { paired($0.scalars, $1) }
    try checkSource(
      zip(generated(0..<6, failing: [1]), generated(0..<5, failing: [1, 2])),
      traits: [.copiesShareState, .countsAreBounds]
    ) { paired($0, $1) }
    try checkSource(
      zip(generated(0..<6, failing: [0, 2]), numbers(0..<9)), traits: [.copiesShareState, .countsAreBounds]
    ) { paired($0, $1.scalars) }
  }

  private static let selections: [ChoiceSource<Numbers>.Selection] = [
    .untilFirstExhausted, .stratified, .sequential, .proportional([1, 2, 1]),
  ]

  @Test(arguments: selections) func choices(selection: ChoiceSource<Numbers>.Selection) throws {
    let isWhole = selection == .stratified || selection == .sequential
    let traits: SourceLeeway = isWhole ? .shortBatchesAnywhere : [.shortBatchesAnywhere, .countsAreBounds]
    for counts in [[4, 3, 5], [2, 2, 2], [3, 0, 2], [0, 0, 0], [1, 4, 2]] {
      let members = try members(counts)
      try checkSource(
        ChoiceSource(members, selection: selection), traits: traits,
        delivering: isWhole ? counts.indices.flatMap { m in (0..<counts[m]).map { 100 * m + $0 } } : nil
      ) { $0.scalars }
    }
    let endless = try members([2, 1, 3], repeats: .forever)
    try checkSource(ChoiceSource(endless, selection: selection), traits: .shortBatchesAnywhere) { $0.scalars }
    try checkSource(
      ChoiceSource([numbers(0..<3, repeats: 2), endless[1], numbers(0..<5)], selection: selection),
      traits: .shortBatchesAnywhere
    ) { $0.scalars }
  }

  @Test func choicesOfOne() throws {
    for selection: ChoiceSource<Numbers>.Selection in [
      .untilFirstExhausted, .stratified, .sequential, .proportional([1]), .proportional([3]),
    ] {
      for count in 0...4 {
        try checkSource(ChoiceSource([numbers(0..<count)], selection: selection), delivering: Array(0..<count)) {
          $0.scalars
        }
      }
    }
  }

  @Test func nestedChoices() throws {
    let bounds: SourceLeeway = [.shortBatchesAnywhere, .countsAreBounds]
    let inner = try members([3, 4]).concatenated()
    let rounds = try ChoiceSource(members([5, 2]))
    for selection: ChoiceSource<ChoiceSource<Numbers>>.Selection in [
      .untilFirstExhausted, .stratified, .sequential, .proportional([1, 2]),
    ] {
      try checkSource(ChoiceSource([inner, rounds], selection: selection), traits: bounds) { $0.scalars }
    }
    try checkSource([[inner, rounds].concatenated()].concatenated(), traits: bounds) { $0.scalars }
  }

  @Test func choicesOfPairsAndPairsOfChoices() throws {
    let both = try [
      zip(numbers(0..<4, repeats: .forever), numbers(0..<5)), zip(numbers(50..<53, repeats: .forever), numbers(0..<7)),
    ]
    try checkSource(ChoiceSource(both, selection: .stratified), traits: .shortBatchesAnywhere) { paired($0, $1) }
    try checkSource(ChoiceSource(both), traits: [.shortBatchesAnywhere, .countsAreBounds]) { paired($0, $1) }
    let choice = try members([4, 5]).concatenated()
    try checkSource(zip(choice, numbers(0..<8)), traits: [.shortBatchesAnywhere, .countsAreBounds]) { paired($0, $1) }
    try checkSource(
      zip(numbers(0..<8, repeats: .forever), choice), traits: [.shortBatchesAnywhere, .countsAreBounds]
    ) { paired($0, $1) }
  }

  @Test func choicesThatFail() throws {
    for selection: ChoiceSource<ArraySource<[Int], StandardSampler, any Error>>.Selection in [
      .untilFirstExhausted, .stratified, .sequential, .proportional([2, 1]),
    ] {
      try checkSource(
        ChoiceSource(
          [loaded(0..<6, unreadable: [2]), loaded(100..<107, unreadable: [101, 105])], selection: selection),
        traits: [.shortBatchesAnywhere, .countsAreBounds]
      ) { $0 }
    }
    try checkSource(
      ChoiceSource([generated(0..<6, failing: [1]), generated(100..<105, failing: [0])], selection: .stratified),
      traits: [.shortBatchesAnywhere, .countsAreBounds, .copiesShareState]
    ) { $0 }
  }

  @Test func generatedBatches() throws {
    for count in 0...5 {
      try checkSource(generated(0..<count), traits: .copiesShareState, delivering: Array(0..<count)) { $0 }
      try checkSource(generated(0..<count, failing: []), traits: .copiesShareState) { $0 }
    }
    try checkSource(generated(0..<7, failing: [0, 2]), traits: [.copiesShareState, .countsAreBounds]) { $0 }
    try checkSource(generatedForever(), traits: .copiesShareState) { $0.scalars }
  }

  @Test func existingBatches() throws {
    let traits: SourceLeeway = [.ownBatchSizes, .copiesShareState, .orderDependsOnBatchSize]
    let batches = [[1, 2, 3], [4], [], [5, 6]]
    try checkSource(SequenceSource(batches, sampleCount: .unknown), traits: traits, delivering: Array(1...6)) { $0 }
    try checkSource(
      SequenceSource(batches.map { (NDArray($0), $0) }, sampleCount: .unknown), traits: traits, batchSizes: [1, 3, 9]
    ) { paired($0.scalars, $1) }
    try checkSource(FreshPass(batches: batches), traits: traits, delivering: Array(1...6)) { $0 }
    try checkSource(zip(SequenceSource(batches), numbers(0..<9)), traits: traits, batchSizes: Array(1...5)) {
      paired($0, $1.scalars)
    }
  }

  @Test func erased() throws {
    try checkSource(numbers(0..<5, repeats: 2).erased(), traits: .copiesShareState) { $0.scalars }
    try checkSource(AnySource(numbers(0..<5, repeats: 2)), traits: .copiesShareState) { $0.scalars }
    try checkSource(numbers(0..<5, repeats: .forever).map { $0.scalars }.erased(), traits: .copiesShareState) { $0 }
    try checkSource(loaded(0..<6, unreadable: [1]).erased().erased(), traits: .copiesShareState) { $0 }
    try checkSource(AnySource(loaded(0..<6).erased()), traits: .copiesShareState) { $0 }
    let sources: [AnyInOrderSource<[Int], Never>] = try [
      numbers(0..<4).map { $0.scalars }.erased(), ArraySource(Array(10..<17)).erased(),
      zip(numbers(0..<9), ArraySource(Array(20..<25))).map { $1 }.erased(),
    ]
    try checkSource(
      ChoiceSource(sources, selection: .stratified), traits: [.copiesShareState, .shortBatchesAnywhere]
    ) { $0 }
    try checkSource(
      sources.concatenated().erased(), traits: [.copiesShareState, .shortBatchesAnywhere],
      delivering: Array(0..<4) + Array(10..<17) + Array(20..<25)
    ) { $0 }
  }

  @Test func concatenatedSamples() throws {
    for counts in [[3], [2, 3], [0, 4, 0, 0, 2, 0], [0, 0], [1, 1, 1, 1]] {
      let whole = counts.indices.flatMap { part in (0..<counts[part]).map { 10 * part + $0 } }
      let parts = counts.indices.map { part in NDArray((0..<counts[part]).map { 10 * part + $0 }) }
      try checkSource(ArraySource(ConcatenatedSamples(arrays: parts)), delivering: whole) { $0.scalars }
      try checkSource(
        ArraySource(ConcatenatedSamples(loaders: parts), ConcatenatedSamples(loaders: parts.map(\.scalars)), repeats: 2)
      ) { $0.scalars == $1 ? $1 : [] }
      let loaders = counts.indices.map { NumberLoader(numbers: 10 * $0..<10 * $0 + counts[$0], unreadable: [11, 41]) }
      try checkSource(ArraySource(loading: ConcatenatedSamples(loaders: loaders))) { $0 }
    }
  }

  @Test func filteredAndSplit() throws {
    try checkSource(numbers(0..<6, repeats: 2).filter { $0 % 3 != 1 }, delivering: [0, 2, 3, 5, 0, 2, 3, 5]) {
      $0.scalars
    }
    for part in try numbers(0..<9).split(.counts([4, 0, 3]), shuffle: .seed(1)) { try checkSource(part) { $0.scalars } }
    for part in try loaded(0..<9, unreadable: [4]).filter({ $0 > 0 }).split(.fractions([0.5, 0.5]), shuffle: .seed(1)) {
      try checkSource(part) { $0 }
    }
  }
}

/// A source over a sequence that can be gone through only once, with a new one for each iteration.
private struct FreshPass: InOrderSource {
  let batches: [[Int]]
  var traits: SourceTraits { SourceTraits(sampleCount: .unknown) }

  func positions(over ranges: BatchRanges, order: SampleOrder) -> MadePositions<[Int], Never> {
    SequenceSource(AnyIterator(batches.makeIterator())).positions(over: ranges, order: order)
  }

  func batch(at position: MadePosition<[Int], Never>, in context: BatchContext) -> [Int] {
    SequenceSource(AnyIterator(batches.makeIterator())).batch(at: position, in: context)
  }
}

private func readable(_ batch: [Int]) throws -> [Int] {
  for number in batch where number == 3 { throw UnreadableSample(index: number) }
  return batch
}
