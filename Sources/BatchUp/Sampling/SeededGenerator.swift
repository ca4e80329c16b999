/// A random number generator whose numbers are a pure function of its seed, the same on every machine.
///
/// Philox4x32-10 (Salmon et al., SC'11) in counter mode: it repeats after 2^68 bytes, and the seed is the whole key, so
/// that no two seeds give the same sequence.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private let seed: UInt64
  private var counter: UInt64 = 0
  private var spare: UInt64?

  /// The generator at the start of the sequence of `seed`.
  public init(seed: UInt64) {
    self.seed = seed
  }

  public mutating func next() -> UInt64 {
    if let number = spare {
      spare = nil
      return number
    }
    let (first, second) = generatorBlock(seed: seed, counter: counter)
    counter &+= 1
    spare = second
    return first
  }
}
