import BatchUp

/// Builds the sources that specifications describe, each of one type, whatever it is made of.
struct SourceBuilder<Source: BatchSource<BatchTree, Never>> {
  let array: (ArraySpec) throws -> Source
  let map: (Source, @escaping @Sendable (BatchTree) -> BatchTree) -> Source
  /// Tuples of what the first delivers and, as one more member, what the second does.
  let append: (Source, Source) -> Source
  let choice: ([Source], ChoiceSource<Source>.Selection) -> Source

  func source(_ spec: SourceSpec) throws -> Source {
    switch spec {
    case .array(let array): try self.array(array)
    case .composite(let parts, let isFlattened): composite(try parts.map(source), isFlattened: isFlattened)
    case .choice(let parts, let isStratified):
      choice(try parts.map(source), isStratified ? .stratified : .untilFirstExhausted)
    }
  }

  private func composite(_ parts: [Source], isFlattened: Bool) -> Source {
    let first = map(parts[0]) { .tuple([$0]) }
    let nested = parts.dropFirst().reduce(first, append)
    return isFlattened ? map(nested) { .tuple($0.members.flatMap(\.members)) } : nested
  }
}

extension SourceBuilder<AnyInOrderSource<BatchTree, Never>> {
  static var inOrder: Self {
    SourceBuilder(
      array: { try $0.inOrderSource() },
      map: { $0.map($1).erased() },
      append: { zip($0, $1).map(appending).erased() },
      choice: { ChoiceSource($0, selection: $1).erased() })
  }
}

extension SourceBuilder<AnySource<BatchTree, Never>> {
  static var shuffled: Self {
    SourceBuilder(
      array: { try $0.shuffledSource() },
      map: { $0.map($1).erased() },
      append: { zip($0, $1).map(appending).erased() },
      choice: { ChoiceSource($0, selection: $1).erased() })
  }
}

private func appending(_ pair: (BatchTree, BatchTree)) -> BatchTree { .tuple(pair.0.members + [pair.1]) }

extension ArraySpec {
  fileprivate func inOrderSource() throws -> AnyInOrderSource<BatchTree, Never> {
    switch samples {
    case .all(let repeats): tree(try ArraySource(first, second, repeats: repeats)).erased()
    case .subset(let indices, let repeats):
      tree(try ArraySource(first, second, indices: indices, repeats: repeats)).erased()
    case .weighted: throw TraceMismatch(description: "weighted samples have no order")
    }
  }

  fileprivate func shuffledSource() throws -> AnySource<BatchTree, Never> {
    guard case .weighted(let weights) = samples else { return try inOrderSource().erased() }
    return tree(try ArraySource(first, second, sampler: WeightedSampler(weights: weights))).erased()
  }

  private func tree<S>(
    _ source: ArraySource<(NDArray<Int>, NDArray<Int>), S, Never>
  ) -> MappedSource<IndexedSource<ArraySource<(NDArray<Int>, NDArray<Int>), S, Never>>, BatchTree> {
    source.indexed().map { [includesIndices] indices, samples in
      includesIndices
        ? .tuple(of: (indices, samples.0, samples.1)) : .tuple(of: samples)
    }
  }
}
