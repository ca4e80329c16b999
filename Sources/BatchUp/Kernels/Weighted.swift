internal import CBatchKernels

/// A type of weights that the kernels read, and whose sum and quotients come out as NumPy's, bit for bit.
protocol KernelWeight: BitwiseCopyable, Sendable, Comparable, AdditiveArithmetic {
  static var kernelType: cbk_weight_type { get }

  var asDouble: Double { get }

  /// `weights / weights.sum()` in the arithmetic that NumPy chooses for this type, then as Float64.
  static func numPyQuotients(_ weights: NDArray<Self>) -> NDArray<Double>
}

extension Double: KernelWeight {
  static var kernelType: cbk_weight_type { CBK_WEIGHT_F64 }
}

extension Float: KernelWeight {
  static var kernelType: cbk_weight_type { CBK_WEIGHT_F32 }
}

extension UInt64: KernelWeight {
  static var kernelType: cbk_weight_type { CBK_WEIGHT_U64 }
}

/// Weights that have been checked, and what their alias table is built from.
struct AliasPlan: Sendable {
  fileprivate let plan: cbk_alias_plan
  fileprivate let blocks: [cbk_alias_block]

  init<Weight: KernelWeight>(_ weights: NDArray<Weight>) throws(WeightsError) {
    var plan = cbk_alias_plan()
    var check = cbk_weights_check()
    blocks = weights.withUnsafeBufferPointer { weights in
      [cbk_alias_block](unsafeUninitializedCapacity: cbk_alias_block_count(weights.count)) { blocks, filled in
        check = cbk_alias_prepare(Weight.kernelType, weights.baseAddress, weights.count, blocks.baseAddress, &plan)
        filled = check.fault == CBK_WEIGHTS_FINE ? blocks.count : 0
      }
    }
    self.plan = plan
    if let error = weights.error(check) { throw error }
  }
}

extension NDArray where Scalar: KernelWeight {
  fileprivate func error(_ check: cbk_weights_check) -> WeightsError? {
    let position = Int(check.position)
    return switch check.fault {
    case CBK_WEIGHTS_EMPTY: .empty
    case CBK_WEIGHTS_TOO_MANY: .tooMany(limit: Int(UInt32.max), found: count)
    case CBK_WEIGHTS_NOT_A_NUMBER: .notANumber(position: position)
    case CBK_WEIGHTS_NEGATIVE: .negative(position: position, value: self[position].asDouble)
    case CBK_WEIGHTS_INFINITE: .infinite(position: position)
    case CBK_WEIGHTS_ALL_ZERO: .allZero(count: count)
    default: nil
    }
  }
}

/// Draws with replacement in time O(1).
struct AliasTable: Sendable {
  private let entries: ArrayStorage
  private let count: UInt64
  private let capacity: UInt64

  /// - Parameter plan: the plan of these weights.
  init<Weight: KernelWeight>(_ weights: NDArray<Weight>, plan: AliasPlan) {
    entries = ArrayStorage(byteCount: weights.count * MemoryLayout<cbk_alias_entry>.stride)
    count = plan.plan.count
    capacity = plan.plan.capacity
    withUnsafePointer(to: plan.plan) { header in
      weights.withUnsafeBufferPointer {
        cbk_alias_build(
          Weight.kernelType, $0.baseAddress, header, plan.blocks,
          entries.base.assumingMemoryBound(to: cbk_alias_entry.self), 0, 1)
      }
    }
  }

  /// Draws number `first` and those that follow: a pure function of the seed and the number of the draw.
  func draw(first: Int, seed: UInt64, into list: UnsafeMutableBufferPointer<UInt32>) {
    withExtendedLifetime(entries) {
      cbk_alias_draw(
        entries.base.assumingMemoryBound(to: cbk_alias_entry.self), count, capacity,
        cbk_stream(key: seed, stream: 0), UInt64(first), list.baseAddress, list.count)
    }
  }
}

/// The first `count` of successive draws without replacement: a pure function of the weights and the seed.
///
/// - Parameter plan: the plan of these weights.
/// - Precondition: `count` of the weights are above 0.
func drawWithoutReplacement<Weight: KernelWeight>(
  _ weights: NDArray<Weight>, plan: AliasPlan, count: Int, seed: UInt64
) -> NDArray<UInt32> {
  let list = NDArray<UInt32>(uninitializedCount: count, recycler: nil)
  let keys = WeightedKeys(capacity: cbk_weighted_key_capacity(count))
  let scan = weights.withUnsafeBufferPointer {
    cbk_weighted_keys(
      Weight.kernelType, $0.baseAddress, plan.plan.key_scale, cbk_stream(key: seed, stream: 1), keys.start, 0, $0.count,
      count)
  }
  let scratch = WeightedKeys(capacity: scan.kept)
  let isComplete = withExtendedLifetime((keys, scratch, list)) {
    cbk_weighted_take(keys.start, scratch.start, list.start, scan.kept, count)
  }
  precondition(isComplete, "\(count) samples are drawn without replacement, but only \(scan.positive) can be")
  return list
}

/// Memory for exponential keys.
private struct WeightedKeys {
  private let storage: ArrayStorage

  init(capacity: Int) {
    storage = ArrayStorage(byteCount: capacity * MemoryLayout<cbk_weighted_key>.stride)
  }

  var start: UnsafeMutablePointer<cbk_weighted_key> {
    storage.base.assumingMemoryBound(to: cbk_weighted_key.self)
  }
}

/// A distribution function as NumPy computes it, and a guide that finds values in it in time O(1).
struct CumulativeDistribution: Sendable {
  fileprivate let values: NDArray<Double>
  fileprivate let guide: NDArray<UInt32>

  /// - Parameter weights: of any scale, 1...2^31 of them: not negative, and with a sum that is finite and above 0.
  init(_ weights: NDArray<Double>) {
    values = weights.withUnsafeBufferPointer { weights in
      NDArray(unsafeUninitializedShape: [weights.count]) {
        cbk_cdf(weights.baseAddress, $0.baseAddress, weights.count)
      }
    }
    guide = values.withUnsafeBufferPointer { values in
      NDArray(unsafeUninitializedShape: [cbk_cdf_guide_size(values.count)]) {
        cbk_cdf_guide(values.baseAddress, $0.baseAddress, values.count)
      }
    }
  }
}

extension MersenneTwister {
  /// `choice(n, list.count, p=weights / weights.sum())`, with replacement.
  mutating func choose(from distribution: CumulativeDistribution, into list: UnsafeMutableBufferPointer<UInt32>) {
    distribution.values.withUnsafeBufferPointer { values in
      distribution.guide.withUnsafeBufferPointer { guide in
        cbk_mt19937_choice_u32(
          &engine, values.baseAddress, guide.baseAddress, values.count, list.baseAddress, list.count)
      }
    }
  }
}
