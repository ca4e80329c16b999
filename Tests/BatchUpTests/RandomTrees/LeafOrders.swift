import BatchUp

// The orders that the model takes as given: permutations and draws of one leaf alone, from plain iterations.

/// The permutations of 0..<count of the first passes.
func permutations(count: Int, order: TreeOrder, passCount: Int) throws -> [[Int]] {
  guard let shuffle = order.shuffle else { return Array(repeating: Array(0..<count), count: passCount) }
  if count == 0 { return Array(repeating: [], count: passCount) }
  let source = try ArraySource(NDArray(Array(0..<count)), repeats: .forever)
  return source.batches(of: count, shuffle: shuffle).prefix(passCount).map(\.scalars)
}

/// The batches of a leaf alone, at most `limit` of them, and whether it has ended.
func batches(of leaf: Leaf, order: TreeOrder, batchSize: Int, limit: Int) throws -> (batches: [[Int]], hasEnded: Bool) {
  var leaf = leaf
  leaf.storage = .array
  guard let shuffle = order.shuffle else { return ([], true) }
  let lists = batches(try infallibleSource(.leaf(leaf)), shuffle, batchSize: batchSize, limit: limit + 1)
  return (lists.prefix(limit).map { rows in rows.map { $0[0] - 100 * leaf.id } }, lists.count <= limit)
}

private func batches<Source: BatchSource<Rows, Never>>(
  _ source: Source, _ shuffle: Shuffle, batchSize: Int, limit: Int
) -> [Rows] {
  Array(source.batches(of: batchSize, shuffle: shuffle).prefix(limit))
}
