/// The order in which a sampler is asked to deliver.
///
/// Samplers and generated sources read it; whoever iterates over a source says `shuffle:` instead.
public enum SampleOrder: Sendable {
  /// As the samples lie.
  case inOrder
  /// Shuffled: a pure function of the key.
  case shuffled(ShuffleKey)
  /// Shuffled as Python BatchUp does, by drawing from a generator that all who draw from it move on.
  case numPy(NumPyRandomState)
}

/// All that a shuffled order depends on: the same key gives the same order, on any machine.
public struct ShuffleKey: Sendable, Hashable {
  /// What the user chose.
  public let seed: UInt64
  /// Which of the unrelated orders of the seed.
  public let epoch: UInt64
  /// Which kind of order.
  public let memory: ShuffleMemory

  /// The key of one epoch of a seed.
  public init(seed: UInt64, epoch: UInt64 = 0, memory: ShuffleMemory = .proportional) {
    self.seed = seed
    self.epoch = epoch
    self.memory = memory
  }
}

extension SampleOrder {
  /// Whether any part of the order can be worked out without what comes before. NumPy's is drawn from its generator.
  public var isSeekable: Bool { if case .numPy = self { false } else { true } }

  /// The order of one of several members of a source, which are shuffled independently of each other.
  ///
  /// NumPy's generator is shared: members draw from it in turn.
  public func ofMember(_ member: Int) -> SampleOrder {
    switch self {
    case .inOrder, .numPy: self
    case .shuffled(let key):
      .shuffled(
        ShuffleKey(seed: memberSeed(key.seed, member: member), epoch: key.epoch, memory: key.memory))
    }
  }

  /// The order in which members are chosen, and that of a split; independent of the members 0, 1, … and of each other.
  var ofChoice: SampleOrder { ofMember(-1) }
  var ofSplit: SampleOrder { ofMember(-2) }

  /// Random numbers that are the order's own, for samplers that choose in a way of their own; nil in order.
  ///
  /// A pure function of the key, and unrelated to the permutations that the same key gives. NumPy's generator is
  /// itself.
  public func makeGenerator() -> (any RandomNumberGenerator)? {
    switch self {
    case .inOrder: nil
    case .shuffled(let key): SeededGenerator(seed: samplerSeed(key))
    case .numPy(let state): state
    }
  }
}

extension SampleOrder {
  /// One of the permutations of 0..<count that make up the order: pass after pass, unrelated to each other.
  func permutation(count: Int, pass: Int, recycler: StorageRecycler) -> BatchIndices {
    switch self {
    case .inOrder:
      return BatchIndices(0..<count)
    case .shuffled(let key):
      return BatchUp.permutation(
        count: count, seed: key.seed, epoch: key.epoch, pass: UInt32(truncatingIfNeeded: pass), recycler: recycler)
    case .numPy(let state):
      requireMemory(forShuffleOf: count, advice: "shuffle by a seed with memory: .constant")
      return state.permutation(count: count, recycler: recycler)
    }
  }
}
