import BatchUp

/// The source that a tree describes, where none of its batches can fail.
func infallibleSource(_ tree: Tree) throws -> TreeSource<Never> {
  switch tree {
  case .leaf(let leaf): try leaf.source()
  case .generated(let source): source.source()
  case .existing(let id, let sizes): existingSource(id: id, sizes: sizes)
  case .own(let id, let count): UnevenSource<Never>(id: id, count: count)
  default: try combination(tree, of: infallibleSource)
  }
}

/// The source that a tree describes, where some batches can fail.
func failableSource(_ tree: Tree) throws -> TreeSource<any Error> {
  if !tree.mayFail { return failable(try infallibleSource(tree)) }
  switch tree {
  case .leaf(let leaf): return try leaf.failableSource()
  case .generated(let source): return source.failableSource()
  case .throwingMap(let base): return throwingMap(try failableSource(base))
  case .failable(let base) where base.mayFail: return failable(try failableSource(base))
  case .failable(let base): return failable(try infallibleSource(base))
  case .pair(let first, let second) where !first.mayFail:
    return mixedPair(try infallibleSource(first), try failableSource(second))
  case .pair(let first, let second) where !second.mayFail:
    return mixedPair(try failableSource(first), try infallibleSource(second))
  default: return try combination(tree, of: failableSource)
  }
}

private func combination<F>(_ tree: Tree, of source: (Tree) throws -> TreeSource<F>) throws -> TreeSource<F> {
  switch tree {
  case .pair(let first, let second): pair(try source(first), try source(second))
  case .choice(let selection, let members): try choice(selection, members.map(source))
  case .map(let base): map(try source(base))
  case .randomMap(let base): randomMap(try source(base))
  case .padded(let base): padded(try source(base))
  case .sharded(let base, let rank, let rankCount, let end):
    sharded(try source(base), rank, rankCount, end)
  case .dealt(let base, let rank, let rankCount): dealt(try source(base), rank, rankCount)
  case .indexed(let base): indexed(try source(base))
  case .erased(let base): try erased(source(base))
  case .leaf, .generated, .existing, .own, .throwingMap, .failable: throw UnbuildableTree()
  }
}

// MARK: Combinators, of sources whose types are not erased

private func pair<F, A: BatchSource<Rows, F> & Sendable, B: BatchSource<Rows, F> & Sendable>(
  _ first: A, _ second: B
) -> TreeSource<F> {
  let pairs: CompositeSource<A, B> = zip(first, second)
  return pairs.map { pair in joinedRows(pair.0, pair.1) }
}

private func mixedPair<
  F, G, A: BatchSource<Rows, F> & Sendable, B: BatchSource<Rows, G> & Sendable
>(_ first: A, _ second: B) -> TreeSource<any Error> {
  zip(first, second).map { pair in joinedRows(pair.0, pair.1) }
}

private func choice<F>(_ selection: TreeSelection, _ members: [TreeSource<F>]) throws -> TreeSource<F> {
  if let choice = choice(selection, members[0], members) { return choice }
  let members = try members.map { try erased($0) }
  if let choice = choice(selection, members[0], members) { return choice }
  // Some have an order of their own, and others do not.
  return ChoiceSource(members.map { anySource($0) }, selection: selection.selection())
}

/// Nil where the members are of several types.
private func choice<F, S: BatchSource<Rows, F> & Sendable>(
  _ selection: TreeSelection, _ first: S, _ members: [TreeSource<F>]
) -> TreeSource<F>? {
  let alike = members.compactMap { $0 as? S }
  return alike.count == members.count ? ChoiceSource(alike, selection: selection.selection()) : nil
}

extension TreeSelection {
  fileprivate func selection<S>() -> ChoiceSource<S>.Selection {
    switch self {
    case .untilFirstExhausted: .untilFirstExhausted
    case .stratified: .stratified
    case .sequential: .sequential
    case .proportional(let proportions): .proportional(proportions)
    }
  }
}

private func map<F, S: BatchSource<Rows, F> & Sendable>(_ source: S) -> TreeSource<F> {
  source.map { rows in mappedRows(rows) }
}

private func throwingMap<S: BatchSource<Rows, any Error> & Sendable>(_ source: S) -> TreeSource<any Error> {
  source.map { rows in try readableRows(rows) }
}

private func failable<F, S: BatchSource<Rows, F> & Sendable>(_ source: S) -> TreeSource<any Error> {
  source.failable()
}

private func randomMap<F, S: BatchSource<Rows, F> & Sendable>(_ source: S) -> TreeSource<F> {
  source.map(random: { generators, rows in
    joinedRows(
      rows,
      (0..<generators.count).map { place in
        var generator = generators[place]
        return [Int(generator.next() >> 48)]
      })
  })
}

private func padded<F, S: BatchSource<Rows, F> & Sendable>(_ source: S) -> TreeSource<F> {
  source.padded().map { rows, mask in masked(rows, mask) }
}

private func sharded<F, S: BatchSource<Rows, F> & Sendable>(
  _ source: S, _ rank: Int, _ rankCount: Int, _ end: TreeShardEnd
) -> TreeSource<F> {
  switch end {
  case .drop: source.sharded(rank: rank, of: rankCount, end: .drop)
  case .uneven: source.sharded(rank: rank, of: rankCount, end: .uneven)
  case .pad: source.sharded(rank: rank, of: rankCount, end: .pad).map { rows, mask in masked(rows, mask) }
  }
}

private func masked(_ rows: Rows, _ mask: NDArray<Bool>) -> Rows { joinedRows(rows, mask.scalars.map { [$0 ? 1 : 0] }) }

private func dealt<F, S: BatchSource<Rows, F> & Sendable>(_ source: S, _ rank: Int, _ rankCount: Int) -> TreeSource<F> {
  source.dealt(rank: rank, of: rankCount)
}

private func indexed<F, S: BatchSource<Rows, F> & Sendable>(_ source: S) -> TreeSource<F> {
  source.indexed().map { indices, rows in joinedRows(sampleIndices(indices), rows) }
}

private func erased<F>(_ source: TreeSource<F>) throws -> TreeSource<F> {
  if let source = source as? any InOrderSource<Rows, F> { return anyInOrderSource(source) }
  return anySource(source)
}

private func anyInOrderSource<F, S: InOrderSource<Rows, F>>(_ source: S) -> TreeSource<F> {
  SendableSource(base: source).erased()
}

private func anySource<F, S: BatchSource<Rows, F> & Sendable>(_ source: S) -> AnySource<Rows, F> { source.erased() }
