import BatchUpSystem
import CBatchKernels

/// NumPy's RandomState word by word, as its sources describe it: what the kernels are compared with.
final class TextbookRandomState {
  private let key = UnsafeMutablePointer<UInt32>.allocate(capacity: 624)
  private var position = 624
  private var cachedNormal: Double?

  init(seed: UInt32) { initialize(seed) }

  init(words: [UInt32]) {
    initialize(19_650_218)
    var (i, j) = (1, 0)
    func advance() {
      i += 1
      if i == 624 { (key[0], i) = (key[623], 1) }
    }
    for _ in 0..<max(624, words.count) {
      let mixed = (key[i - 1] ^ key[i - 1] >> 30) &* 1_664_525
      key[i] = (key[i] ^ mixed) &+ words[j] &+ UInt32(j)
      advance()
      j = (j + 1) % words.count
    }
    for _ in 0..<623 {
      let mixed = (key[i - 1] ^ key[i - 1] >> 30) &* 1_566_083_941
      key[i] = (key[i] ^ mixed) &- UInt32(i)
      advance()
    }
    key[0] = 0x8000_0000
  }

  /// A block of which nothing has been used.
  init(key words: [UInt32]) {
    key.initialize(from: words, count: 624)
    position = 0
  }

  deinit { key.deallocate() }

  private func initialize(_ seed: UInt32) {
    key[0] = seed
    for i in 1..<624 { key[i] = 1_812_433_253 &* (key[i - 1] ^ key[i - 1] >> 30) &+ UInt32(i) }
  }

  private func nextBlock() {
    for i in 0..<624 {
      let y = key[i] & 0x8000_0000 | key[(i + 1) % 624] & 0x7fff_ffff
      key[i] = key[(i + 397) % 624] ^ y >> 1 ^ (y % 2 == 1 ? 0x9908_b0df : 0)
    }
    position = 0
  }

  func word() -> UInt32 {
    if position == 624 { nextBlock() }
    var y = key[position]
    position += 1
    y ^= y >> 11
    y ^= y << 7 & 0x9d2c_5680
    y ^= y << 15 & 0xefc6_0000
    return y ^ y >> 18
  }

  func wideWord() -> UInt64 {
    let high = UInt64(word())
    return high << 32 | UInt64(word())
  }

  func double() -> Double {
    let a = Double(word() >> 5)
    let b = Double(word() >> 6)
    return (a * 67_108_864 + b) / 9_007_199_254_740_992
  }

  func interval(_ maximum: UInt64) -> UInt64 {
    if maximum == 0 { return 0 }
    let mask = UInt64.max >> UInt64(maximum.leadingZeroBitCount)
    while true {
      let value = (maximum <= UInt64(UInt32.max) ? UInt64(word()) : wideWord()) & mask
      if value <= maximum { return value }
    }
  }

  func shuffle<T>(_ values: UnsafeMutablePointer<T>, _ count: Int) {
    for i in stride(from: count - 1, to: 0, by: -1) {
      let j = Int(interval(UInt64(i)))
      (values[i], values[j]) = (values[j], values[i])
    }
  }

  /// `count` integers of the type up to `maximum`, from pieces of words that none of the next calls sees.
  func pieces<T: FixedWidthInteger & UnsignedInteger>(upTo maximum: T, count: Int) -> [T] {
    if maximum == 0 { return [T](repeating: 0, count: count) }
    let mask = T.max >> maximum.leadingZeroBitCount
    var left: [T] = []
    func piece() -> T {
      if left.isEmpty {
        let word = word()
        left = stride(from: 0, to: 32, by: T.bitWidth).map { T(truncatingIfNeeded: word >> $0) }
      }
      return left.removeFirst() & mask
    }
    return (0..<count).map { _ in
      var value = piece()
      while value > maximum { value = piece() }
      return value
    }
  }

  func booleans(count: Int) -> [Bool] {
    let words = (0..<(count + 31) / 32).map { _ in word() }
    return (0..<count).map { place -> Bool in words[place / 32] >> UInt32(place % 32) & 1 == 1 }
  }

  func normal() -> Double {
    if let normal = cachedNormal {
      cachedNormal = nil
      return normal
    }
    while true {
      let x1 = 2 * double() - 1
      let x2 = 2 * double() - 1
      let square = x1 * x1 + x2 * x2
      if square >= 1 || square == 0 { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      cachedNormal = factor * x1
      return factor * x2
    }
  }

  func isState(of engine: Engine) -> Bool {
    engine.cachedNormal == cachedNormal
      && engine.withPointer {
        $0.pointee.position == position && memcmp(&$0.pointee.key, key, 624 * 4) == 0
      }
  }
}

/// A `cbk_mt19937` in one place, as a Swift value it is a tuple of 625 words, and its cached normal number.
final class Engine {
  private let pointer = UnsafeMutablePointer<cbk_mt19937>.allocate(capacity: 1)
  private var cached = cbk_cached_normal()

  init(seed: UInt32) { cbk_mt19937_seed(seed, pointer) }
  init(words: [UInt32]) { cbk_mt19937_seed_words(words, pointer, words.count) }

  /// A block of which nothing has been used.
  init(key words: [UInt32]) {
    withUnsafeMutableBytes(of: &pointer.pointee.key) { key in
      words.withUnsafeBytes { key.copyMemory(from: $0) }
    }
    pointer.pointee.position = 0
  }

  deinit { pointer.deallocate() }

  func withPointer<Result>(_ body: (UnsafeMutablePointer<cbk_mt19937>) -> Result) -> Result {
    withExtendedLifetime(self) { body(pointer) }
  }

  var key: [UInt32] {
    withPointer { withUnsafeBytes(of: &$0.pointee.key) { Array($0.bindMemory(to: UInt32.self)) } }
  }

  var position: UInt32 { withPointer { $0.pointee.position } }

  func word() -> UInt32 {
    var word: UInt32 = 0
    withPointer { cbk_mt19937_fill_u32($0, &word, 1) }
    return word
  }
  func wideWord() -> UInt64 { withPointer(cbk_mt19937_next_u64) }
  func double() -> Double { doubles(1)[0] }
  func interval(_ maximum: UInt64) -> UInt64 { interval(maximum, count: 1)[0] }

  func doubles(_ count: Int) -> [Double] {
    var values = [Double](repeating: .nan, count: count)
    withPointer { cbk_mt19937_fill_f64($0, &values, count) }
    return values
  }

  func interval(_ maximum: UInt64, count: Int) -> [UInt64] {
    var values = [UInt64](repeating: .max, count: count)
    withPointer { cbk_mt19937_fill_interval_u64($0, maximum, &values, count) }
    return values
  }

  var cachedNormal: Double? { cached.is_set ? cached.value : nil }

  func fillNormals(_ values: UnsafeMutablePointer<Double>, _ count: Int) {
    withPointer { cbk_mt19937_fill_normal($0, &cached, values, count) }
  }

  func normals(_ count: Int) -> [Double] {
    var values = [Double](repeating: .nan, count: count)
    fillNormals(&values, count)
    return values
  }

  func bytes(upTo maximum: UInt8, count: Int) -> [UInt8] {
    var values = [UInt8](repeating: .max, count: count)
    withPointer { cbk_mt19937_fill_interval_u8($0, maximum, &values, count) }
    return values
  }

  func halves(upTo maximum: UInt16, count: Int) -> [UInt16] {
    var values = [UInt16](repeating: .max, count: count)
    withPointer { cbk_mt19937_fill_interval_u16($0, maximum, &values, count) }
    return values
  }

  func booleans(_ count: Int) -> [Bool] {
    var values = [Bool](repeating: false, count: count)
    withPointer { cbk_mt19937_fill_bool($0, &values, count) }
    return values
  }

  func binomials(trials: Int64, probability: Double, count: Int) -> [Int64] {
    var values = [Int64](repeating: .min, count: count)
    withPointer { cbk_mt19937_fill_binomial($0, trials, probability, &values, count) }
    return values
  }

  func permutation(_ count: Int) -> [UInt32] {
    var values = [UInt32](repeating: .max, count: count)
    withPointer { cbk_mt19937_permutation_u32($0, &values, count) }
    return values
  }
}

/// RandomState.choice with weights and replacement.
struct WeightedChoice {
  var cdf: [Double]
  var guide: [UInt32]

  init(weights: [Double]) {
    cdf = [Double](repeating: .nan, count: weights.count)
    cbk_cdf(weights, &cdf, weights.count)
    guide = [UInt32](repeating: .max, count: cbk_cdf_guide_size(weights.count))
    cbk_cdf_guide(cdf, &guide, weights.count)
  }

  func draw(_ count: Int, from engine: Engine) -> [UInt32] {
    var indices = [UInt32](repeating: .max, count: count)
    engine.withPointer {
      cbk_mt19937_choice_u32($0, cdf, guide, cdf.count, &indices, count)
    }
    return indices
  }
}
