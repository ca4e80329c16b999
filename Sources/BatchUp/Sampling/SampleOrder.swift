/// The order in which a sampler is asked to deliver: as the samples lie, or shuffled by a key.
///
/// Samplers read it; whoever iterates over a source says `shuffle:` instead.
public struct SampleOrder: Sendable, Hashable {
  /// What determines a shuffled order; nil in order.
  public let key: ShuffleKey?

  /// The order in which the samples lie.
  public static let inOrder = SampleOrder(key: nil)

  /// An order that is a pure function of the key.
  public static func shuffled(_ key: ShuffleKey) -> SampleOrder { SampleOrder(key: key) }
}

/// All that a shuffled order depends on: the same key gives the same order, on any machine.
public struct ShuffleKey: Sendable, Hashable {
  /// What the user chose.
  public let seed: UInt64
  /// Which of the unrelated orders of the seed.
  public let epoch: UInt64

  /// The key of one epoch of a seed.
  public init(seed: UInt64, epoch: UInt64 = 0) {
    self.seed = seed
    self.epoch = epoch
  }
}
