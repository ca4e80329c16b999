internal import CBatchKernels

/// Weights that change, and a tree of their sums. Copies share memory, so that one holder at a time may use it.
struct WeightTree {
  private let memory: ArrayStorage
  private let tree: cbk_weight_tree

  /// The largest weight: with it, the sum of 2^32 of them is finite.
  static let largestWeight = 0x1p990

  /// - Parameter weights: 1...2^32 of them, in 0...largestWeight.
  init(_ weights: [Double]) {
    memory = ArrayStorage(byteCount: cbk_weight_tree_size(weights.count) * MemoryLayout<Double>.stride)
    tree = cbk_weight_tree_layout(memory.base.assumingMemoryBound(to: Double.self), weights.count)
    withUnsafePointer(to: tree) { cbk_weight_tree_build($0, weights) }
  }

  var total: Double {
    withExtendedLifetime(memory) { memory.base.assumingMemoryBound(to: Double.self).pointee }
  }

  func withWeights<Result>(_ body: (UnsafeBufferPointer<Double>) -> Result) -> Result {
    withExtendedLifetime(memory) { body(UnsafeBufferPointer(start: tree.values.0, count: tree.count)) }
  }

  /// - Precondition: the indices are below the number of weights, and the weights in 0...largestWeight.
  func update(_ indices: UnsafePointer<UInt32>?, _ weights: UnsafePointer<Double>?, count: Int) {
    withExtendedLifetime(memory) {
      withUnsafePointer(to: tree) { cbk_weight_tree_update($0, indices, weights, count) }
    }
  }

  /// Draws number `first` and those that follow: a pure function of the weights, the seed and the number of the draw.
  ///
  /// - Precondition: `total` is above 0.
  func draw(first: Int, seed: UInt64, into list: UnsafeMutableBufferPointer<UInt32>) {
    withExtendedLifetime(memory) {
      withUnsafePointer(to: tree) { cbk_weight_tree_draw($0, seed, UInt64(first), list.baseAddress, list.count) }
    }
  }
}
