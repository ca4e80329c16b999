import BatchUp

/// Checks one source against the contracts of `BatchSource`.
struct SourceChecker<Source: BatchSource, Sample: Hashable> {
  typealias Iteration = CheckedIteration<Source, Sample>

  let source: Source
  let leeway: SourceLeeway
  let batchSizes: [Int]
  let whole: [Sample]?
  /// Where the check was asked for.
  let place: String
  let samples: (Source.Batch) -> [Sample]

  /// No more batches than these are looked at where there is no end.
  static var limit: Int { 9 }

  init(
    _ source: Source, _ leeway: SourceLeeway, _ batchSizes: [Int]?, _ whole: [Sample]?, _ place: String,
    _ samples: @escaping (Source.Batch) -> [Sample]
  ) {
    self.source = source
    self.leeway = leeway
    self.whole = whole
    self.place = place
    self.samples = samples
    if case .finite(let count) = source.sampleCount {
      self.batchSizes = batchSizes ?? Array(1...count + 3) + [2 * count + 5, 3 * count + 7]
    } else {
      self.batchSizes = batchSizes ?? Array(1...6) + [13]
    }
  }

  func check(
    inOrders orders: [CheckedOrder<Source>], and more: (Iteration) throws(SourceFault) -> Void = { _ in }
  ) throws(SourceFault) {
    for order in orders {
      var longest: Iteration?
      for batchSize in batchSizes {
        let iteration = try iteration(batchSize: batchSize, order: order)
        try checkLengths(iteration)
        try checkCounts(iteration)
        try checkWhole(iteration)
        try checkBatchSizeIsOfNoConsequence(iteration, longest)
        try checkInterleaving(iteration)
        try checkCopies(iteration)
        try checkSkipping(iteration)
        try checkBeginnings(iteration)
        for remainder in [Remainder.keep, .drop] {
          try checkBatches(iteration, remainder)
          try checkPrefixes(iteration, remainder)
          try checkSequence(iteration, remainder)
          try checkStopping(iteration, remainder)
        }
        try checkDraws(iteration) { source.positions(over: BatchRanges(batchSize: batchSize), order: $0) }
        try checkDrawsAfterTheEnd(iteration)
        try checkPositions(iteration)
        try more(iteration)
        if longest?.samples.count ?? -1 < iteration.samples.count { longest = iteration }
      }
    }
    try checkStoppingInOtherMemory()
  }

  /// Orders that differ from the shuffled one only in how a pass is made: the rest of them is tested with that one.
  private func checkStoppingInOtherMemory() throws(SourceFault) {
    for order in [CheckedOrder<Source>.constant, .blocks] {
      // Of several batches each, most of which are not within one block.
      for batchSize in batchSizes.prefix(3).suffix(1) {
        let iteration = try iteration(batchSize: batchSize, order: order)
        try checkWhole(iteration)
        try checkStopping(iteration, .keep)
      }
    }
  }

  func require(
    _ condition: Bool, _ iteration: Iteration, _ fault: @autoclosure () -> String
  ) throws(SourceFault) {
    if condition { return }
    throw SourceFault(
      description: "\(place): batches of \(iteration.batchSize) \(iteration.order.name): \(fault())")
  }
}

extension SourceChecker {
  /// What the source delivers. All else is compared with it.
  ///
  /// The batches are kept to the end, to see that memory is not used again while somebody holds it, and then all comes
  /// once more with each batch dropped before the next.
  private func iteration(batchSize: Int, order: CheckedOrder<Source>) throws(SourceFault) -> Iteration {
    var iteration = Iteration(batchSize: batchSize, order: order)
    var iterator = makeIterator(iteration)
    var kept: [(Source.Batch, [Sample])] = []
    while iteration.deliveries.count < stepLimit, !iteration.hasEnded {
      guard let delivery = try step(&iterator, iteration, keeping: { kept.append(($0, samples($0))) }) else {
        iteration.hasEnded = true
        break
      }
      iteration.deliveries.append(delivery)
    }
    for (batch, known) in kept {
      try require(samples(batch) == known, iteration, "a batch that was kept has changed from \(known)")
    }
    var another = makeIterator(iteration)
    try checkRest(of: &another, iteration, "asked for again")
    return iteration
  }

  private var stepLimit: Int {
    if case .finite(let count) = source.sampleCount { count + Self.limit } else { Self.limit }
  }

  func makeIterator(_ iteration: Iteration) -> SteppedIterator<Source> {
    SteppedIterator(
      source: source,
      positions: source.positions(
        over: BatchRanges(batchSize: iteration.batchSize), order: iteration.order.makeOrder()))
  }

  /// Moves on and makes the batch, or as many of its first samples as `wanted` says, or none of it; nil after the last.
  func step(
    _ iterator: inout SteppedIterator<Source>, _ iteration: Iteration, making wanted: (Int) -> Int? = { $0 },
    keeping keep: (Source.Batch) -> Void = { _ in }
  ) throws(SourceFault) -> Delivery<Sample>? {
    guard let count = iterator.advance() else { return nil }
    guard let wantedCount = wanted(count) else { return Delivery(count: count, outcome: .skipped) }
    return try made(&iterator, iteration, count: count, wantedCount: wantedCount, keeping: keep)
  }

  private func made(
    _ iterator: inout SteppedIterator<Source>, _ iteration: Iteration, count: Int, wantedCount: Int,
    keeping keep: (Source.Batch) -> Void = { _ in }
  ) throws(SourceFault) -> Delivery<Sample> {
    let batch: Source.Batch
    do { batch = try iterator.makeBatch(ofFirst: wantedCount) } catch {
      return Delivery(count: count, outcome: .failure("\(error)"))
    }
    let found = samples(batch)
    try require(found.count == wantedCount, iteration, "\(found.count) samples where \(wantedCount) were announced")
    keep(batch)
    return Delivery(count: count, outcome: .batch(found))
  }

  /// Checks that an iterator delivers what is left of the iteration, and nothing after that.
  private func checkRest(
    of iterator: inout SteppedIterator<Source>, _ iteration: Iteration, from position: Int = 0, _ when: String
  ) throws(SourceFault) {
    for index in iteration.deliveries.indices.dropFirst(position) {
      try check(try step(&iterator, iteration), iteration, index, when)
    }
    for _ in 0..<3 where iteration.hasEnded {
      try require(try step(&iterator, iteration) == nil, iteration, "a batch after the end, \(when)")
    }
  }

  func check(
    _ delivery: Delivery<Sample>?, _ iteration: Iteration, _ index: Int, _ when: String
  ) throws(SourceFault) {
    let expected = index < iteration.deliveries.count ? iteration.deliveries[index] : nil
    try require(
      delivery == expected, iteration,
      "batch \(index), \(when), is \(delivery.map { "\($0)" } ?? "none"), not \(expected.map { "\($0)" } ?? "none")")
  }
}

extension SourceChecker {
  private func checkLengths(_ iteration: Iteration) throws(SourceFault) {
    if leeway.contains(.ownBatchSizes) { return }
    for (index, delivery) in iteration.deliveries.enumerated() {
      guard let count = delivery.count else { continue }
      try require((1...iteration.batchSize).contains(count), iteration, "batch \(index) has \(count) samples")
      let mayBeShort = leeway.contains(.shortBatchesAnywhere) || index == iteration.deliveries.count - 1
      try require(
        mayBeShort || count == iteration.batchSize, iteration,
        "batch \(index) has \(count) samples, but is not the last")
    }
  }

  private func checkCounts(_ iteration: Iteration) throws(SourceFault) {
    try checkCount(source.sampleCount, iteration, iteration.deliveries, "sampleCount")
    for remainder in [Remainder.keep, .drop] {
      try checkCount(
        source.sampleCount(batchSize: iteration.batchSize, remainder: remainder), iteration,
        iteration.deliveries(remainder),
        isBound: remainder == .drop
          && iteration.order.makeBatches(source, iteration.batchSize, remainder).batchCount == nil,
        "the count with remainder \(remainder)")
    }
  }

  func checkCount(
    _ stated: SampleCount, _ iteration: Iteration, _ deliveries: [Delivery<Sample>], isBound: Bool = false,
    _ name: String
  ) throws(SourceFault) {
    let found = deliveries.reduce(0) { $0 + ($1.count ?? 0) }
    // A batch that failed counts only where its samples are known.
    let delivered = deliveries.reduce(0) { $0 + $1.samples.count }
    let most = isBound || leeway.contains(.countsAreBounds) ? Int.max : found
    switch stated {
    case .finite(let count):
      try require(
        ((iteration.hasFailures ? delivered : found)...most).contains(count), iteration,
        "\(name) is \(count), but \(found) samples come")
    case .infinite: try require(!iteration.hasEnded, iteration, "\(name) is infinite, but \(found) samples come")
    case .unknown: break
    }
  }

  private func checkWhole(_ iteration: Iteration) throws(SourceFault) {
    guard let whole else { return }
    func numbers(_ samples: [Sample]) -> [Sample: Int] { samples.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
    try require(
      numbers(iteration.samples) == numbers(whole), iteration, "the samples are \(iteration.samples), not \(whole)")
  }

  /// The samples come in the order that they have in batches of another size. (Not under NumPy's generator, from which
  /// the members of a source draw in turn, batch by batch.)
  private func checkBatchSizeIsOfNoConsequence(
    _ iteration: Iteration, _ other: Iteration?
  ) throws(SourceFault) {
    let depends: SourceLeeway = [.orderDependsOnBatchSize, .shortBatchesAnywhere]
    guard let other, leeway.isDisjoint(with: depends), !iteration.order.sharesGenerator else { return }
    if iteration.hasFailures || other.hasFailures { return }
    let count = min(iteration.samples.count, other.samples.count)
    try require(
      iteration.samples.prefix(count) == other.samples.prefix(count), iteration,
      "the order \(iteration.samples) differs from that in batches of \(other.batchSize)")
  }

  /// Two iterators do not disturb each other.
  private func checkInterleaving(_ iteration: Iteration) throws(SourceFault) {
    var one = makeIterator(iteration)
    var two = makeIterator(iteration)
    for index in iteration.deliveries.indices {
      try check(try step(&one, iteration), iteration, index, "beside another iterator")
      if index.isMultiple(of: 2) { try check(try step(&two, iteration), iteration, index / 2, "at half the speed") }
    }
    try checkRest(
      of: &two, iteration, from: (iteration.deliveries.count + 1) / 2, "after another iterator has ended")
  }

  /// A copy of an iterator goes on from where it was made, and where that is promised, so does the original beside it.
  private func checkCopies(_ iteration: Iteration) throws(SourceFault) {
    let areIndependent = !leeway.contains(.copiesShareState) && !iteration.order.sharesGenerator
    let count = iteration.deliveries.count
    for position in stride(from: 0, through: count, by: max(count / 4, 1)) {
      var iterator = makeIterator(iteration)
      for _ in 0..<position { _ = try step(&iterator, iteration) }
      var copy = iterator
      for index in iteration.deliveries.indices.dropFirst(position) {
        try check(try step(&copy, iteration), iteration, index, "by a copy from batch \(position)")
        if areIndependent {
          try check(try step(&iterator, iteration), iteration, index, "beside a copy from batch \(position)")
        }
      }
      try checkRest(of: &copy, iteration, from: count, "by a copy")
      try checkCopyBeforeTheBatchIsMade(iteration, position, areIndependent)
    }
  }

  private func checkCopyBeforeTheBatchIsMade(
    _ iteration: Iteration, _ position: Int, _ areIndependent: Bool
  ) throws(SourceFault) {
    guard position < iteration.deliveries.count, let count = iteration.deliveries[position].count else { return }
    var iterator = makeIterator(iteration)
    for _ in 0...position { _ = try step(&iterator, iteration, making: { _ in nil }) }
    var copy = iterator
    try check(
      try made(&copy, iteration, count: count, wantedCount: count), iteration, position, "made by a copy")
    if areIndependent {
      try check(
        try made(&iterator, iteration, count: count, wantedCount: count), iteration, position, "made beside a copy")
    }
    try checkRest(of: &copy, iteration, from: position + 1, "by a copy from the midst of batch \(position)")
  }

  /// Moving on without making a batch leaves the others as they are.
  private func checkSkipping(_ iteration: Iteration) throws(SourceFault) {
    for period in 2...3 {
      for phase in 0..<period {
        var iterator = makeIterator(iteration)
        for (index, expected) in iteration.deliveries.enumerated() {
          let isMade = index % period == phase
          let delivery = try step(&iterator, iteration) { isMade ? $0 : nil }
          if isMade {
            try check(delivery, iteration, index, "after others were skipped")
          } else {
            try require(delivery?.count == expected.count, iteration, "batch \(index), skipped, is of another size")
          }
        }
        try checkRest(of: &iterator, iteration, from: iteration.deliveries.count, "after others were skipped")
      }
    }
  }

  /// The first samples of each batch are those that the whole batch begins with.
  private func checkBeginnings(_ iteration: Iteration) throws(SourceFault) {
    for wanted in 0...(iteration.deliveries.compactMap(\.count).max() ?? 0) {
      var iterator = makeIterator(iteration)
      for (index, whole) in iteration.deliveries.enumerated() {
        let delivery = try step(&iterator, iteration) { min($0, wanted) }
        try require(
          delivery?.count == whole.count && delivery?.isBeginning(of: whole, count: wanted) == true, iteration,
          "the first \(wanted) of batch \(index) are \(delivery.map { "\($0)" } ?? "none") of \(whole)")
      }
    }
  }
}

extension SourceChecker {
  typealias BatchesIterator = Batches<Source>.Iterator

  func next(_ iterator: inout BatchesIterator) -> Delivery<Sample>? {
    do {
      guard let batch = try iterator.nextBatch() else { return nil }
      return Delivery(count: iterator.lastSampleCount, outcome: .batch(samples(batch)))
    } catch { return Delivery(count: nil, outcome: .failure("\(error)")) }
  }

  /// `batches(of:)` delivers what the source does.
  private func checkBatches(_ iteration: Iteration, _ remainder: Remainder) throws(SourceFault) {
    let batches = iteration.order.makeBatches(source, iteration.batchSize, remainder)
    let expected = iteration.deliveries(remainder)
    try checkCount(
      batches.sampleCount, iteration, expected, isBound: remainder == .drop && batches.batchCount == nil,
      "the count of the batches, remainder \(remainder),")
    try check(batches, iteration, expected, mustEnd: iteration.hasEnded, "of batches(of:)")
    if iteration.order.sharesGenerator { return }
    try check(batches, iteration, expected, mustEnd: iteration.hasEnded, "of batches(of:) again")
  }

  private func checkPrefixes(_ iteration: Iteration, _ remainder: Remainder) throws(SourceFault) {
    let all = iteration.deliveries(remainder)
    for limit in [0, 1, 2, 3, all.count - 1, all.count, all.count + 1] where limit >= 0 {
      if limit > all.count && !iteration.hasEnded { continue }
      let batches = iteration.order.makeBatches(source, iteration.batchSize, remainder).prefix(limit)
      let expected = Array(all.prefix(limit))
      try check(batches, iteration, expected, mustEnd: true, "of the first \(limit)")
      if leeway.contains(.ownBatchSizes) { continue }
      let ended = Iteration(batchSize: 0, order: iteration.order, deliveries: expected, hasEnded: true)
      let isBound = batches.batchCount == nil || leeway.contains(.shortBatchesAnywhere)
      try checkCount(batches.sampleCount, ended, expected, isBound: isBound, "the count of the first \(limit) batches")
    }
  }

  private func check(
    _ batches: Batches<Source>, _ iteration: Iteration, _ expected: [Delivery<Sample>], mustEnd: Bool, _ what: String
  ) throws(SourceFault) {
    var iterator = batches.makeIterator()
    for (index, expected) in expected.enumerated() {
      let delivery = next(&iterator)
      let isCountRight = delivery?.count == nil || delivery?.count == expected.count
      try require(
        isCountRight && delivery?.outcome == expected.outcome, iteration,
        "batch \(index) \(what) is \(delivery.map { "\($0)" } ?? "none"), not \(expected)")
    }
    for _ in 0..<3 where mustEnd {
      try require(next(&iterator) == nil, iteration, "a batch after the end \(what)")
    }
  }

  /// A `for` loop gets the same batches, where nothing can fail.
  private func checkSequence(_ iteration: Iteration, _ remainder: Remainder) throws(SourceFault) {
    if Source.Failure.self != Never.self { return }
    let expected = iteration.deliveries(remainder).map(\.outcome)
    let batches = iteration.order.makeBatches(source, iteration.batchSize, remainder)
    let limited = iteration.hasEnded ? batches : batches.prefix(expected.count)
    guard let sequence = limited as? any Sequence<Source.Batch> else {
      throw SourceFault(description: "\(place): the batches are no Sequence")
    }
    var found: [Delivery<Sample>.Outcome] = []
    for batch in sequence { found.append(.batch(samples(batch))) }
    try require(found == expected, iteration, "a for loop, remainder \(remainder), gets \(found), not \(expected)")
  }

  /// Nothing is drawn from NumPy's generator before the first batch is asked for.
  func checkDraws<Iterator>(
    _ iteration: Iteration, before makeIterator: (SampleOrder) -> Iterator
  ) throws(SourceFault) {
    guard iteration.order.sharesGenerator else { return }
    let state = NumPyRandomState(seed: 1)
    let iterator = makeIterator(.numPy(state))
    let next = withExtendedLifetime(iterator) { state.next() }
    try require(next == NumPyRandomState(seed: 1).next(), iteration, "NumPy's generator is drawn from too early")
  }

  /// Nothing is drawn from NumPy's generator by asking again after the end.
  private func checkDrawsAfterTheEnd(_ iteration: Iteration) throws(SourceFault) {
    guard iteration.order.sharesGenerator, iteration.hasEnded else { return }
    let drawn = [0, 4].map { callsAfterTheEnd in
      let state = NumPyRandomState(seed: 1)
      var iterator = source.batches(of: iteration.batchSize, shuffle: .numPy(state)).makeIterator()
      while next(&iterator) != nil {}
      for _ in 0..<callsAfterTheEnd { _ = next(&iterator) }
      return state.next()
    }
    try require(drawn[0] == drawn[1], iteration, "NumPy's generator is drawn from after the end")
  }
}
