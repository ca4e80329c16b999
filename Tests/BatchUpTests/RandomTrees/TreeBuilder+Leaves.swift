import BatchUp

extension Leaf {
  func source() throws -> TreeSource<Never> {
    let numbers = (0..<count).map { 100 * id + $0 }
    switch storage {
    case .array: return try source(of: NDArray(numbers)) { rows($0) }
    case .concatenated:
      let parts = [numbers.prefix(count / 3), numbers.dropFirst(count / 3)]
      return try source(of: ConcatenatedSamples(arrays: parts.map { NDArray(Array($0)) })) { rows($0) }
    case .ownArray, .loader: return try source(of: RowArray(id: id, sampleCount: count)) { $0 }
    }
  }

  func failableSource() throws -> TreeSource<any Error> {
    guard case .loader(let unreadable) = storage else { throw UnbuildableTree() }
    let loader = TreeLoader(id: id, sampleCount: count, unreadable: unreadable)
    func source<S: Sampler>(_ sampler: S) throws -> TreeSource<any Error> {
      let source: ArraySource<Rows, S, any Error> = try ArraySource(loading: loader, sampler: sampler)
      return source
    }
    let all: ArraySource<Rows, StandardSampler, any Error> = try ArraySource(loading: loader, repeats: repetition)
    return try sampled(all, { $0 }, bySampler: { try source($0) })
  }

  private func source<A: SampleArray & Sendable>(
    of array: A, _ rows: @escaping @Sendable (A.Batch) -> Rows
  ) throws -> TreeSource<Never> {
    func source<S: Sampler>(_ sampler: S) throws -> TreeSource<Never> {
      let source: ArraySource<A.Batch, S, Never> = try ArraySource(array, sampler: sampler)
      return treeSource(source, rows)
    }
    let all: ArraySource<A.Batch, StandardSampler, Never> = try ArraySource(array, repeats: repetition)
    return try sampled(all, rows, bySampler: { try source($0) })
  }

  /// - Parameter all: all samples, repeated as the leaf repeats them.
  private func sampled<Batch, F>(
    _ all: ArraySource<Batch, StandardSampler, F>, _ rows: @escaping @Sendable (Batch) -> Rows,
    bySampler source: (any Sampler) throws -> TreeSource<F>
  ) throws -> TreeSource<F> {
    switch sampling {
    case .all: treeSource(all, rows)
    case .filtered: treeSource(all.filter { $0 % 3 != 1 }, rows)
    case .split(let counts, let part, let seed):
      treeSource(try all.split(.counts(counts), shuffle: .seed(seed))[part], rows)
    case .fold(let fold, let foldCount, let isTraining, let seed):
      treeSource(try all.fold(fold, of: foldCount, isTraining: isTraining, seed: seed), rows)
    case .subset(let indices, _): try source(SubsetSampler(indices, repeats: repetition))
    case .weighted(let draws): try source(WeightedSampler(weights: weights, count: draws))
    case .once(let draws): try source(WeightedSampler(weights: weights, replacing: false, count: draws))
    case .dynamic(let draws): try source(DynamicWeightedSampler(weights: weights, count: draws))
    case .quotas(let ends):
      try source(ClassQuotaSampler(labels: labels, quotas: .stratified(), whenExhausted: ends ? .end : .reshuffle))
    case .turns(let samples, let ends):
      try source(
        ClassQuotaSampler(
          labels: labels, quotas: .classesTimesSamples(classes: 2, samples: samples),
          whenExhausted: ends ? .end : .reshuffle))
    case .own(let isSeekable, let isCounted):
      try source(DescendingSampler(count: count, isSeekable: isSeekable, isCounted: isCounted))
    }
  }

  private var repetition: Repetition {
    switch sampling {
    case .all(let repeats), .subset(_, let repeats), .filtered(let repeats): repeats.map { .times($0) } ?? .forever
    default: 1
    }
  }
}

extension ArraySource where S == StandardSampler {
  fileprivate func fold(
    _ fold: Int, of count: Int, isTraining: Bool, seed: Int
  ) throws -> ArraySource<Batch, SubsetSampler, Failure> {
    let (training, validation) = try folds(count, shuffle: .seed(seed))[fold]
    return isTraining ? training : validation
  }
}

private func rows(_ numbers: NDArray<Int>) -> Rows { numbers.scalars.map { [$0] } }

/// As it is where the batches are rows.
private func treeSource<Batch, S, F>(
  _ source: ArraySource<Batch, S, F>, _ rows: @escaping @Sendable (Batch) -> Rows
) -> TreeSource<F> {
  source.map { batch in rows(batch) }
}

// MARK: Generated and existing batches

extension Generated {
  func source() -> TreeSource<Never> {
    GeneratedSource(sampleCount: statedCount(of: .generated(self))) { batchSize, _ in
      var rest = UnevenBatches(self, batchSize: batchSize)
      return AnyIterator { rest.next() }
    }
  }

  func failableSource() -> TreeSource<any Error> {
    GeneratedSource(
      sampleCount: statedCount(of: .generated(self)),
      loading: { batchSize, _ in
        var rest = UnevenBatches(self, batchSize: batchSize)
        return { () throws(any Error) in
          let number = rest.number
          guard let batch = rest.next() else { return nil }
          if failing.contains(number) { throw TreeError.generated(number) }
          return batch
        }
      })
  }
}

private struct UnevenBatches: IteratorProtocol {
  private let source: Generated
  private let batchSize: Int
  private var start = 0
  private(set) var number = 0

  init(_ source: Generated, batchSize: Int) {
    (self.source, self.batchSize) = (source, batchSize)
  }

  mutating func next() -> Rows? {
    let size = min(number % 2 == 0 ? batchSize : max(batchSize / 2, 1), (source.count ?? .max) - start)
    if size == 0 { return nil }
    defer {
      start += size
      number += 1
    }
    return (start..<start + size).map { [100 * source.id + $0] }
  }
}

func existingSource(id: Int, sizes: [Int]) -> TreeSource<Never> {
  var batches: [Rows] = []
  for size in sizes {
    let first = 100 * id + batches.reduce(0) { $0 + $1.count }
    batches.append((first..<first + size).map { [$0] })
  }
  return SequenceSource(batches)
}
