import BatchUpSystem

/// NumPy's legacy generator, `numpy.random.RandomState`, bit for bit: the same seed and the same calls give the same
/// draws.
///
/// A class, as in NumPy: whoever draws from it moves it on for all. Safe to use from several threads, each call being
/// one piece; in which order threads draw is then up to them.
///
/// | NumPy | here |
/// |---|---|
/// | `random_sample`, `random`, `rand` | `randomSample` |
/// | `uniform` | `uniform` |
/// | `normal`, `standard_normal`, `randn` | `normal` |
/// | `randint` with the dtype of a type of integers | `integers` |
/// | `randint(0, 2, dtype=bool)` | `booleans` |
/// | `binomial` | `binomial` |
/// | `permutation`, `shuffle`, `choice` | the same |
/// | `get_state`, `set_state` | `state` |
///
/// Two calls for one number each and one call for two draw the same, but for integers of 8 and 16 bits and truth
/// values, of which one call takes several from a word, as in NumPy.
public final class NumPyRandomState: Sendable {
  let engine: Guarded<MersenneTwister>

  init(engine: MersenneTwister) {
    self.engine = Guarded(engine)
  }

  /// `RandomState(seed)`.
  ///
  /// - Precondition: the seed is in 0..<2^32, as NumPy demands.
  public convenience init(seed: some BinaryInteger) {
    guard let seed = UInt32(exactly: seed) else {
      preconditionFailure("a seed is in 0..<2^32, as in NumPy, not \(seed)")
    }
    self.init(engine: MersenneTwister(seed: seed))
  }

  /// `RandomState([…])`: seeded by a list, also one of a single number, which gives other draws than the number
  /// alone.
  ///
  /// - Precondition: the list is not empty, and each number in it is in 0..<2^32, as NumPy demands.
  public convenience init<Seed: Collection>(seed: Seed) where Seed.Element: BinaryInteger {
    let words = seed.map { word in
      guard let word = UInt32(exactly: word) else {
        preconditionFailure("each number of a seed is in 0..<2^32, as in NumPy, not \(word)")
      }
      return word
    }
    precondition(!words.isEmpty, "a seed has at least one number")
    self.init(engine: MersenneTwister(seed: words))
  }
}

extension NumPyRandomState: RandomNumberGenerator {
  /// 64 random bits: two words of the generator, the first as the high half.
  public func next() -> UInt64 { engine.withLock { $0.next() } }
}
