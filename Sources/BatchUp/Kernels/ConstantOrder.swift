internal import CBatchKernels

/// A permutation of 0..<count that is worked out where it is asked for: a pure function of the first four arguments.
final class ConstantOrder: Sendable {
  let count: Int
  private let order: cbk_constant_order

  init(count: Int, seed: UInt64, epoch: UInt64, pass: UInt32) {
    precondition(count > 0, "there is no order of no samples")
    self.count = count
    let key = cbk_derive_key(seed, epoch, pass, UInt32(CBK_PURPOSE_CONSTANT_ORDER))
    var order = cbk_constant_order()
    cbk_constant_order_init(key, UInt64(count), &order)
    self.order = order
  }

  /// The indices at neighbouring positions.
  func indices(at positions: Range<Int>, recycler: StorageRecycler) -> BatchIndices {
    precondition(
      positions.lowerBound >= 0 && positions.upperBound <= count, "positions \(positions) are not inside 0..<\(count)")
    let first = UInt64(positions.lowerBound)
    return withUnsafePointer(to: order) { order in
      if count <= 1 << 32 {
        let list = NDArray<UInt32>(
          uninitializedCount: positions.count, recycler: recycler)
        cbk_constant_order_indices_u32(order, first, list.start, positions.count)
        return BatchIndices(.narrow(list))
      }
      let list = NDArray<UInt64>(
        uninitializedCount: positions.count, recycler: recycler)
      cbk_constant_order_indices_u64(order, first, list.start, positions.count)
      return BatchIndices(.wide(list))
    }
  }
}
