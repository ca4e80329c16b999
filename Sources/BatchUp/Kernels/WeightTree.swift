internal import CBatchKernels

/// Weights that change, and a tree of their sums. A copy would share the memory, but not the changes that are pending:
/// there is one holder, and one user at a time.
///
/// Changes of single weights are put into the tree several at a time, before anybody asks it for something: alone, each
/// would wait for the memory, which many can do together.
struct WeightTree {
  private let memory: ArrayStorage
  private let tree: cbk_weight_tree
  private var pendingIndices: [UInt32] = []
  private var pendingWeights: [Double] = []
  private static let pendingLimit = 128

  /// - Parameter weights: 1...2^32 of them, finite and not negative.
  init(_ weights: [Double]) {
    memory = ArrayStorage(byteCount: cbk_weight_tree_size(weights.count) * MemoryLayout<Double>.stride)
    tree = cbk_weight_tree_layout(memory.base.assumingMemoryBound(to: Double.self), weights.count)
    withUnsafePointer(to: tree) { cbk_weight_tree_build($0, weights) }
  }

  /// The sum of the weights, all multiplied by `scale`, a power of two with which it is finite.
  mutating func total() -> (scaled: Double, scale: Double) {
    putPending()
    return withExtendedLifetime(memory) { (scaled: tree.total[0], scale: tree.total[1]) }
  }

  mutating func withWeights<Result>(_ body: (UnsafeBufferPointer<Double>) -> Result) -> Result {
    putPending()
    return withExtendedLifetime(memory) { body(UnsafeBufferPointer(start: tree.values.0, count: tree.count)) }
  }

  /// - Precondition: the index is below the number of weights, and the weight finite and not negative.
  mutating func update(_ index: UInt32, _ weight: Double) {
    pendingIndices.append(index)
    pendingWeights.append(weight)
    if pendingIndices.count == Self.pendingLimit { putPending() }
  }

  /// - Precondition: the indices are below the number of weights, and the weights finite and not negative.
  mutating func update(_ indices: [UInt32], _ weights: [Double]) {
    putPending()
    put(indices, weights)
  }

  private mutating func putPending() {
    if pendingIndices.isEmpty { return }
    put(pendingIndices, pendingWeights)
    pendingIndices.removeAll(keepingCapacity: true)
    pendingWeights.removeAll(keepingCapacity: true)
  }

  private func put(_ indices: [UInt32], _ weights: [Double]) {
    withExtendedLifetime(memory) {
      withUnsafePointer(to: tree) { cbk_weight_tree_update($0, indices, weights, indices.count) }
    }
  }

  /// Draws number `first` and those that follow: a pure function of the weights, the seed and the number of the draw.
  ///
  /// - Precondition: the total is above 0.
  mutating func draw(first: Int, seed: UInt64, into list: UnsafeMutableBufferPointer<UInt32>) {
    putPending()
    withExtendedLifetime(memory) {
      withUnsafePointer(to: tree) { cbk_weight_tree_draw($0, seed, UInt64(first), list.baseAddress, list.count) }
    }
  }
}
