import BatchUpSystem
import CBatchKernels

/// Types that weights may have.
protocol Weight {
  static var type: cbk_weight_type { get }
}

extension Double: Weight {
  static var type: cbk_weight_type { CBK_WEIGHT_F64 }
}

extension Float: Weight {
  static var type: cbk_weight_type { CBK_WEIGHT_F32 }
}

extension UInt64: Weight {
  static var type: cbk_weight_type { CBK_WEIGHT_U64 }
}

extension Weight {
  static func prepare(
    _ weights: UnsafePointer<Self>, _ count: Int, _ blocks: UnsafeMutablePointer<cbk_alias_block>,
    _ plan: inout cbk_alias_plan
  ) -> cbk_weights_check { cbk_alias_prepare(type, weights, count, blocks, &plan) }
  static func build(
    _ weights: UnsafePointer<Self>, _ plan: inout cbk_alias_plan,
    _ blocks: UnsafePointer<cbk_alias_block>, _ entries: UnsafeMutablePointer<cbk_alias_entry>,
    _ part: UInt32, _ partCount: UInt32
  ) { cbk_alias_build(type, weights, &plan, blocks, entries, part, partCount) }
  static func keys(
    _ weights: UnsafePointer<Self>, _ stream: cbk_stream,
    _ keys: UnsafeMutablePointer<cbk_weighted_key>, _ items: Range<Int>, _ wanted: Int, scale: Double
  ) -> cbk_weighted_scan {
    cbk_weighted_keys(type, weights, scale, stream, keys, UInt64(items.lowerBound), items.count, wanted)
  }
}

/// Weights of several kinds and any number.
enum WeightKind: CaseIterable {
  case uniform, random, zipf, mostlyZero, oneHeavy, logNormal, subnormal, huge, oneLight,
    oneAndThree

  func weights(_ count: Int) -> [Double] {
    let superblocks = count / 32 + 1
    var words = [UInt32](repeating: 0, count: 64 * superblocks)
    cbk_philox_fill(cbk_stream(key: 77, stream: 0), 0, &words, superblocks)
    return (0..<count).map { i in
      let u = (Double(words[2 * i]) + 0.5) * 0x1p-32
      let v = (Double(words[2 * i + 1]) + 0.5) * 0x1p-32
      switch self {
      case .uniform: return 1
      case .random: return u
      case .zipf: return 1 / Double(i + 1)
      case .mostlyZero: return v < 0.9 && i > 0 ? 0 : u
      case .oneHeavy: return i == count / 2 ? 1e9 : 1
      case .logNormal: return exp(8 * (-2 * log(u)).squareRoot() * cos(6.283185307179586 * v))
      case .subnormal: return u * 0x1p-1030
      case .huge: return i % 2 == 0 ? 1e306 / Double(i + 3) : 0
      // Deficits and excesses have equal sums again and again.
      case .oneAndThree: return i % 2 == 0 ? 1 : 3
      case .oneLight: return i == count - 1 ? 1e-4 : 1 + 1e-9 * Double(i % 3)
      }
    }
  }
}
