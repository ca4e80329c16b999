/// How well a `BlockShuffle` mixes, beside a uniform shuffle of the same samples.
///
/// The formulas are exact for blocks of one length and a batch within one window; a shorter block changes them by a part
/// in the number of blocks, and a batch that lies in two windows is mixed better. Let n be the
/// number of samples, L the length of the blocks, m = n / L their number, W that of a window and B the batch size. A
/// batch of more samples than a window is taken to be one of whole blocks: W is then B / L.
///
/// A batch is then B samples drawn without replacement from W L, which are W blocks drawn without replacement from m.
public struct BlockMixing: Hashable, Sendable {
  /// The shuffle that is described.
  public let shuffle: BlockShuffle
  /// n
  public let sampleCount: Int
  /// B
  public let batchSize: Int

  init(_ shuffle: BlockShuffle, sampleCount: Int, batchSize: Int) {
    precondition(sampleCount >= 1 && batchSize >= 1, "batches of \(batchSize) of \(sampleCount) samples")
    self.shuffle = shuffle
    self.sampleCount = sampleCount
    self.batchSize = min(batchSize, sampleCount)
  }

  // As real numbers, since the last block is a part of one.
  private var n: Double { Double(sampleCount) }
  private var batch: Double { Double(batchSize) }
  private var length: Double { Double(min(shuffle.length, sampleCount)) }
  private var blockCount: Double { n / length }
  private var window: Double { min(max(Double(shuffle.window), batch / length), blockCount) }
}

extension BlockMixing {
  /// From how many blocks the samples of a batch are, as an expectation.
  ///
  /// A block is left out by a batch with probability C(W L - L, B) / C(W L, B), since L of the W L samples are its own;
  /// so it is W (1 - C(W L - L, B) / C(W L, B)).
  ///
  /// - Complexity: O(batch size)
  public var distinctBlockCount: Double { distinctBlockCount(among: window) }

  /// The same for a uniform shuffle: a window of all blocks.
  ///
  /// - Complexity: O(batch size)
  public var uniformDistinctBlockCount: Double { distinctBlockCount(among: blockCount) }

  private func distinctBlockCount(among blockCount: Double) -> Double {
    let total = blockCount * length
    let missing = (0..<batchSize).reduce(1.0) { product, drawn in
      let left = total - Double(drawn)
      return left > length ? product * (left - length) / left : 0
    }
    return blockCount * (1 - missing)
  }

  /// How many times as often as after a uniform shuffle two neighbours in the file are in the same batch.
  ///
  /// Two neighbours are cut apart with probability 1 / L, and are then of one window with probability
  /// (W - 1) / (m - 1); in one window, they share a batch with probability (B - 1) / (W L - 1). After a uniform shuffle
  /// that is (B - 1) / (n - 1). 1 where batches have one sample.
  public var neighbourRatio: Double {
    if batchSize == 1 || window == blockCount { return 1 }
    let sameWindow = 1 - 1 / length + (window - 1) / (blockCount - 1) / length
    return sameWindow * (n - 1) / (window * length - 1)
  }

  /// How many times as large as after a uniform shuffle the variance of the number of samples of a class in a batch is,
  /// where the file is sorted by class: the worst that its order can be. Its root is the ratio of standard deviations.
  ///
  /// Let a share f of the blocks be of the class. Of the W blocks of the window, K are, hypergeometrically, so that
  /// K / W has the variance f (1 - f) v with v = (m - W) / (W (m - 1)). Given K, the class has X of the batch, with
  /// mean B K / W and variance B (K / W) (1 - K / W) r with r = (W L - B) / (W L - 1). By the law of total variance
  ///
  ///     Var X = f (1 - f) (B^2 v + B r (1 - v)),
  ///
  /// and after a uniform shuffle it is f (1 - f) B (n - B) / (n - 1). The ratio does not depend on the class: it is
  /// about 1 + B / W where the window is a small part of the file. 1 where a batch is the whole.
  public var varianceInflation: Double {
    if batchSize == sampleCount || window == blockCount { return 1 }
    let windowSampleCount = window * length
    let between = (blockCount - window) / (window * (blockCount - 1))
    let within = windowSampleCount > 1 ? (windowSampleCount - batch) / (windowSampleCount - 1) : 0
    return (batch * between + within * (1 - between)) * (n - 1) / (n - batch)
  }
}

extension BlockMixing: CustomStringConvertible {
  /// The three figures in words.
  public var description: String {
    """
    blocks of \(shuffle.length) samples, mixed \(shuffle.window) at a time: a batch of \(batchSize) has samples of \
    \(distinctBlockCount.fixed(digits: 1)) blocks (\(uniformDistinctBlockCount.fixed(digits: 1)) after a uniform \
    shuffle); neighbours in the file share a batch \(neighbourRatio.fixed(digits: 1)) times as often as after a uniform \
    shuffle; were the file sorted by class, the number of a class in a batch would have \
    \(varianceInflation.squareRoot().fixed(digits: 2)) times its standard deviation
    """
  }
}

extension BlockShuffle {
  /// How well this mixes that many samples in batches of that size.
  ///
  /// - Precondition: both are at least 1.
  public func mixing(sampleCount: Int, batchSize: Int) -> BlockMixing {
    BlockMixing(self, sampleCount: sampleCount, batchSize: batchSize)
  }
}
