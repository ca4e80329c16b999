internal import CBatchKernels

/// The engine of NumPy's legacy generator.
struct MersenneTwister: Sendable {
  private var engine = cbk_mt19937()

  init(seed: UInt32) {
    cbk_mt19937_seed(seed, &engine)
  }

  init(seed words: [UInt32]) {
    cbk_mt19937_seed_words(words, &engine, words.count)
  }

  mutating func next() -> UInt64 { cbk_mt19937_next_u64(&engine) }

  mutating func permutation(into list: UnsafeMutableBufferPointer<UInt32>) {
    guard let start = list.baseAddress else { return }
    cbk_mt19937_permutation_u32(&engine, start, list.count)
  }

  mutating func shuffle(_ values: UnsafeMutableBufferPointer<UInt32>) {
    guard let start = values.baseAddress else { return }
    cbk_mt19937_shuffle_u32(&engine, start, values.count)
  }
}
