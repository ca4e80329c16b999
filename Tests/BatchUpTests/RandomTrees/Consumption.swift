import BatchUp

/// A way to iterate over a tree.
struct Consumption: Hashable, Sendable {
  enum Way: Hashable, Sendable {
    case inline
    case workers(Int)
    case async(Int)
  }

  /// Stops after some batches, and resumes from the state in JSON, with batches of another size where that is given.
  struct Stop: Hashable, Sendable {
    var after: Int
    var way: Way
    var batchSize: Int?
  }

  /// Splits the batches among ranks, each of which iterates in this way.
  struct Ranks: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
      case sharded(TreeShardEnd)
      case dealt
    }

    var count: Int
    var kind: Kind
    /// How many ranks resume, where another number of them does.
    var resumedBy: Int?

    init(_ count: Int, _ kind: Kind, resumedBy: Int? = nil) {
      (self.count, self.kind, self.resumedBy) = (count, kind, resumedBy)
    }

    /// The part of one rank.
    func part(_ rank: Int, of count: Int, in tree: Tree) -> Tree {
      switch kind {
      case .sharded(let end): .sharded(tree, rank: rank, of: count, end: end)
      case .dealt: .dealt(tree, rank: rank, of: count)
      }
    }
  }

  var order: TreeOrder = .inOrder
  var batchSize: Int
  var remainder: Remainder = .keep
  var limit: Int?
  var way: Way = .inline
  var policy: FailurePolicy = .stop
  var stop: Stop?
  var ranks: Ranks?
}

/// An order of samples.
enum TreeOrder: Hashable, Sendable {
  case inOrder
  case seeded(UInt64, epoch: Int, memory: ShuffleMemory = .proportional)
  /// Only where a tree has one leaf, since leaves draw from the same generator in turn.
  case numPy(seed: UInt32)

  /// Nil in order.
  var shuffle: Shuffle? {
    switch self {
    case .inOrder: nil
    case .seeded(let seed, let epoch, let memory): .seed(seed, epoch: epoch, memory: memory)
    case .numPy(let seed): .numPy(NumPyRandomState(seed: seed))
    }
  }
}
