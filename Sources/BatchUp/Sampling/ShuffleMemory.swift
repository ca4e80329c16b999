/// How much memory the order of a shuffled pass takes, and so what kind of order it is.
public enum ShuffleMemory: Sendable, Hashable, Codable {
  /// Four bytes for each sample (eight from 2^32 samples on): every order is equally likely, given the random bits.
  case proportional

  /// The same few KiB for any number of samples, up to 2^63 - 1; a pass starts within microseconds.
  ///
  /// The order is a keyed mixing of the positions (a Feistel network of 8 rounds over two factors of the count, with
  /// cycle walking; Black & Rogaway 2002). Each sample comes exactly once a pass. Where a sample goes, where two of them
  /// go, and which samples are neighbours is distributed as in a uniform shuffle, as far as tests can tell. But a key of
  /// 64 bits cannot give all orders of more than 20 samples; and for many counts above 1,024, nearly all orders that
  /// occur are even permutations, or odd ones. Up to 1,024 samples, the order is an exact shuffle.
  ///
  /// Samplers that draw with weights, choices of members and splits are the same as with `proportional`.
  case constant

  /// Four bytes for each block, and twelve for each sample of a window: an order in which neighbours in a file
  /// come near each other, for files much larger than memory. Not uniform: see `BlockShuffle`.
  ///
  /// Samplers that draw with weights, choices of members and splits are the same as with `proportional`.
  case blocks(BlockShuffle)

  /// As `blocks(BlockShuffle(length: length, window: window))`.
  public static func blocks(of length: Int, window: Int) -> ShuffleMemory {
    .blocks(BlockShuffle(length: length, window: window))
  }
}
