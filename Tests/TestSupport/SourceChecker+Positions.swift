import BatchUp

extension SourceChecker {
  /// Each batch can be made from its position: in any order, repeatedly, trimmed, and while others are kept.
  func checkPositions(_ iteration: Iteration) throws(SourceFault) {
    try checkDraws(iteration) { source.positions(over: BatchRanges(batchSize: iteration.batchSize), order: $0) }
    let positions = try positions(iteration)
    let context = BatchContext()
    var kept: [(Source.Batch, [Sample])] = []
    for index in Array(positions.indices.reversed()) + Array(positions.indices) {
      for context in [context, nil] {
        let delivery = delivery(at: positions[index], context) { kept.append(($0, samples($0))) }
        try check(delivery, iteration, index, "made from its position")
      }
    }
    for (index, position) in positions.enumerated() {
      try check(delivery(at: position, context), iteration, index, "made from its position, and dropped")
      try checkTrimming(position, index, iteration, context)
      try checkSelecting(position, index, iteration)
    }
    for (batch, known) in kept {
      try require(samples(batch) == known, iteration, "a batch that was kept has changed from \(known)")
    }
  }

  private func positions(_ iteration: Iteration) throws(SourceFault) -> [Source.Position] {
    var iterator = source.positions(
      over: BatchRanges(batchSize: iteration.batchSize), order: iteration.order.makeOrder())
    var positions: [Source.Position] = []
    while positions.count < iteration.deliveries.count, let position = iterator.next() { positions.append(position) }
    try require(
      positions.map(\.sampleCount) == iteration.deliveries.map { $0.count ?? -1 }, iteration,
      "the positions have \(positions.map(\.sampleCount)) samples")
    for _ in 0..<3 where iteration.hasEnded {
      try require(iterator.next() == nil, iteration, "a position after the end")
    }
    return positions
  }

  private func delivery(
    at position: Source.Position, _ context: BatchContext?, keeping keep: (Source.Batch) -> Void = { _ in }
  ) -> Delivery<Sample> {
    do {
      let batch = try context.map { try source.batch(at: position, in: $0) } ?? source.batch(at: position)
      keep(batch)
      return Delivery(count: position.sampleCount, outcome: .batch(samples(batch)))
    } catch { return Delivery(count: position.sampleCount, outcome: .failure("\(error)")) }
  }

  /// Samples at chosen places of a position: each alone, all backwards, and some twice.
  private func checkSelecting(
    _ position: Source.Position, _ index: Int, _ iteration: Iteration
  ) throws(SourceFault) {
    guard case .batch(let all) = iteration.deliveries[index].outcome else { return }
    for places in all.indices.map({ [$0] }) + [all.indices.reversed(), all.indices.flatMap { [$0, 0] }] {
      let picked = position.selecting(places)
      try require(
        picked.sampleCount == places.count && delivery(at: picked, nil).samples == places.map { all[$0] }, iteration,
        "places \(places) of batch \(index) are \(delivery(at: picked, nil)) of \(all)")
      try require(
        places.indices.allSatisfy { picked.sampleIndices(at: $0) == position.sampleIndices(at: places[$0]) }, iteration,
        "places \(places) of batch \(index) have other indices than there")
    }
  }

  /// The first samples of a position, and the first of those.
  private func checkTrimming(
    _ position: Source.Position, _ index: Int, _ iteration: Iteration, _ context: BatchContext
  ) throws(SourceFault) {
    for count in 0...position.sampleCount {
      let between = (count + position.sampleCount) / 2
      for trimmed in [position.trimmed(to: count), position.trimmed(to: between).trimmed(to: count)] {
        try require(trimmed.sampleCount == count, iteration, "batch \(index) trimmed to \(count) is of another size")
        let delivery = delivery(at: trimmed, context)
        try require(
          delivery.isBeginning(of: iteration.deliveries[index], count: count), iteration,
          "batch \(index) trimmed to \(count) is \(delivery) of \(iteration.deliveries[index])")
      }
    }
  }
}
