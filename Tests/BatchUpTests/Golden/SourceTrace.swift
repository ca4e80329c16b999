import BatchUp

/// The batches of one iteration over a source.
struct SourceTrace: GoldenTrace {
  let spec: SourceSpec
  private let batchSize: Int
  private let seed: UInt32?
  private let limit: Int?
  private let sampleCount: SampleCount
  private let batches: [BatchTree]

  init(reading fields: inout Fields) throws {
    spec = try fields.read("spec")
    batchSize = try fields.read("batch_size")
    seed = try fields.read("seed")
    limit = try fields.read("take")
    sampleCount = try fields.readCount("count")
    batches = try fields.read("batches")
    try check(limit == nil, is: sampleCount != .infinite, "a limit only where there is no end")
  }

  func replay() throws {
    if let shuffle {
      try replay(SourceBuilder.shuffled.source(spec).batches(of: batchSize, shuffle: shuffle)) { $0 }
    } else {
      try replay(SourceBuilder.inOrder.source(spec).batches(of: batchSize)) { $0 }
    }
  }

  func replay<Source: InOrderSource>(_ source: Source, tree: (Source.Batch) -> BatchTree) throws
  where Source.Failure == Never {
    let batches = shuffle.map { source.batches(of: batchSize, shuffle: $0) } ?? source.batches(of: batchSize)
    try replay(batches, tree: tree)
  }

  private var shuffle: Shuffle? { seed.map { .numPy(NumPyRandomState(seed: $0)) } }

  private func replay<Source>(_ found: Batches<Source>, tree: (Source.Batch) -> BatchTree) throws
  where Source.Failure == Never {
    try check(found.sampleCount, is: sampleCount, "the number of samples")
    var iterator = found.prefix(limit ?? batches.count + 1).makeIterator()
    var trees: [BatchTree] = []
    while let batch = iterator.next() {
      let tree = tree(batch)
      try check(Set(tree.lengths), is: [iterator.lastSampleCount], "the lengths of the arrays of batch \(trees.count)")
      trees.append(tree)
    }
    try check(trees, is: batches, "batch")
  }
}
