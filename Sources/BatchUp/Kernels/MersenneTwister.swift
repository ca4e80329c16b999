internal import CBatchKernels

/// The engine of NumPy's legacy generator, with the normal number that it holds back.
struct MersenneTwister: Sendable {
  var engine = cbk_mt19937()
  private var cached = cbk_cached_normal()

  init(seed: UInt32) {
    cbk_mt19937_seed(seed, &engine)
  }

  init(seed words: [UInt32]) {
    cbk_mt19937_seed_words(words, &engine, words.count)
  }

  /// An engine in the middle of a block: of its words, 624, `position` have been used.
  init(key: [UInt32], position: Int, cachedNormal: Double?) {
    withUnsafeMutableBytes(of: &engine.key) { bytes in key.withUnsafeBytes { bytes.copyMemory(from: $0) } }
    engine.position = UInt32(position)
    cached = cbk_cached_normal(value: cachedNormal ?? 0, is_set: cachedNormal != nil)
  }

  static let wordCount = Int(CBK_MT19937_WORDS)

  var key: [UInt32] { withUnsafeBytes(of: engine.key) { Array($0.bindMemory(to: UInt32.self)) } }

  var position: Int { Int(engine.position) }

  var cachedNormal: Double? { cached.is_set ? cached.value : nil }
}

extension MersenneTwister {
  mutating func next() -> UInt64 { cbk_mt19937_next_u64(&engine) }

  mutating func permutation(into list: UnsafeMutableBufferPointer<UInt32>) {
    guard let start = list.baseAddress else { return }
    cbk_mt19937_permutation_u32(&engine, start, list.count)
  }

  /// Draws narrow numbers into the end of the list, and widens them from its beginning on, where no wide number reaches
  /// a narrow one before that has been read: there is no other memory.
  mutating func permutation(into list: UnsafeMutableBufferPointer<Int>) {
    guard let start = UnsafeMutableRawPointer(list.baseAddress) else { return }
    let (wide, narrow) = (MemoryLayout<Int>.stride, MemoryLayout<UInt32>.stride)
    let end = start + list.count * (wide - narrow)
    permutation(
      into: UnsafeMutableBufferPointer(start: end.assumingMemoryBound(to: UInt32.self), count: list.count))
    for i in 0..<list.count {
      let number = end.load(fromByteOffset: i * narrow, as: UInt32.self)
      start.storeBytes(of: Int(number), toByteOffset: i * wide, as: Int.self)
    }
  }

  /// In 0..<1.
  mutating func fillUniform(_ values: UnsafeMutableBufferPointer<Double>) {
    cbk_mt19937_fill_f64(&engine, values.baseAddress, values.count)
  }

  /// With mean 0 and standard deviation 1.
  mutating func fillNormal(_ values: UnsafeMutableBufferPointer<Double>) {
    cbk_mt19937_fill_normal(&engine, &cached, values.baseAddress, values.count)
  }

  mutating func fillBinomial(_ values: UnsafeMutableBufferPointer<Int>, trials: Int, probability: Double) {
    values.withMemoryRebound(to: Int64.self) {
      cbk_mt19937_fill_binomial(&engine, Int64(trials), probability, $0.baseAddress, $0.count)
    }
  }

  mutating func fill(_ values: UnsafeMutableBufferPointer<Bool>) {
    cbk_mt19937_fill_bool(&engine, values.baseAddress, values.count)
  }

  /// Integers of `width` bytes, drawn as `randint` does with that dtype; the bounds are extended to 64 bits.
  mutating func fillIntegers(
    _ bytes: UnsafeMutableRawBufferPointer, width: Int, from low: UInt64, through high: UInt64
  ) {
    let maximum = high &- low
    switch width {
    case 1: bytes.withMemoryRebound(to: UInt8.self) { fill($0, low, maximum, cbk_mt19937_fill_interval_u8) }
    case 2: bytes.withMemoryRebound(to: UInt16.self) { fill($0, low, maximum, cbk_mt19937_fill_interval_u16) }
    case 4: bytes.withMemoryRebound(to: UInt32.self) { fill($0, low, maximum, cbk_mt19937_fill_interval_u32) }
    case 8: bytes.withMemoryRebound(to: UInt64.self) { fill($0, low, maximum, cbk_mt19937_fill_interval_u64) }
    default: preconditionFailure("NumPy has no integers of \(8 * width) bits")
    }
  }

  /// Adds `low`, as many bits of it as there are, to numbers in 0...maximum.
  private mutating func fill<T: FixedWidthInteger>(
    _ values: UnsafeMutableBufferPointer<T>, _ low: UInt64, _ maximum: UInt64,
    _ draw: (UnsafeMutablePointer<cbk_mt19937>?, T, UnsafeMutablePointer<T>?, Int) -> Void
  ) {
    if values.isEmpty { return }
    draw(&engine, T(maximum), values.baseAddress, values.count)
    if low == 0 { return }
    let low = T(truncatingIfNeeded: low)
    for i in values.indices { values[i] &+= low }
  }
}
