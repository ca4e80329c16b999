import BatchUp

/// The index batches of several iterations over a sampler, which share the generator.
struct SamplerTrace: GoldenTrace {
  private let spec: SamplerSpec
  private let dataCount: Int
  private let batchSize: Int
  private let seed: UInt32?
  private let limit: Int?
  private let sampleCount: SampleCount
  private let epochs: [[[Int]]]

  init(reading fields: inout Fields) throws {
    spec = try SamplerSpec(reading: &fields)
    dataCount = try fields.read("n")
    batchSize = try fields.read("batch_size")
    seed = try fields.read("seed")
    limit = try fields.read("take")
    sampleCount = try fields.readCount("count")
    epochs = try fields.read("batches")
    try check(fields.read("epochs"), is: epochs.count, "the number of epochs in the trace")
    try check(limit == nil, is: sampleCount != .infinite, "a limit only where there is no end")
  }

  func replay() throws {
    switch spec {
    case .standard(let repeats): try replay(StandardSampler(count: dataCount, repeats: repeats))
    case .subset(let indices, let repeats): try replay(SubsetSampler(indices, repeats: repeats))
    case .weighted(let weights): try replay(WeightedSampler(weights: weights))
    case .weightedSubset(let weights, let indices): try replay(WeightedSampler(weights: weights, over: indices))
    }
  }

  private func replay(_ sampler: some Sampler) throws {
    try sampler.validate(forSampleCount: dataCount)
    try check(sampler.sampleCount, is: sampleCount, "the number of samples")
    let order = seed.map { .numPy(NumPyRandomState(seed: $0)) } ?? SampleOrder.inOrder
    for (epoch, expected) in epochs.enumerated() {
      let batches = indexBatches(sampler, order, limit: limit ?? expected.count + 1)
      try check(batches, is: expected, "epoch \(epoch)")
      if limit == nil { try check(.finite(batches.joined().count), is: sampleCount, "the samples of epoch \(epoch)") }
    }
  }

  private func indexBatches(_ sampler: some Sampler, _ order: SampleOrder, limit: Int) -> [[Int]] {
    var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: order)
    var batches: [[Int]] = []
    while batches.count < limit, let batch = iterator.next() { batches.append(Array(batch)) }
    return batches
  }
}

private enum SamplerSpec {
  case standard(Repetition)
  case subset([Int], Repetition)
  case weighted([Double])
  case weightedSubset([Double], [Int])

  init(reading fields: inout Fields) throws {
    let name: String = try fields.read("sampler")
    switch name {
    case "standard": self = try .standard(Repetition(python: fields.read("repeats")))
    case "subset": self = try .subset(fields.read("indices"), Repetition(python: fields.read("repeats")))
    case "weighted": self = try .weighted(fields.read("weights"))
    case "weighted_subset": self = try .weightedSubset(fields.read("weights"), fields.read("indices"))
    default: throw fields.invalid("the sampler \(name)")
    }
  }
}
