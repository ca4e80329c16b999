/// A source as the random-tree test draws it: leaves that deliver numbered samples, and combinators of them.
///
/// Every batch in a tree is a list of rows, and every row a list of numbers. Sample `i` of leaf `id` is `[100 * id + i]`.
indirect enum Tree: Hashable, Sendable {
  case leaf(Leaf)
  case generated(Generated)
  /// Existing batches of these sizes.
  case existing(id: Int, sizes: [Int])
  /// A source defined by the test, whose batches alternate between full and half size.
  case own(id: Int, count: Int)
  case pair(Tree, Tree)
  case choice(TreeSelection, [Tree])
  /// Appends the number of rows of the batch to each row.
  case map(Tree)
  /// Throws for rows whose first number leaves a remainder of 3 modulo 7.
  case throwingMap(Tree)
  /// Appends a random number to the row of each sample.
  case randomMap(Tree)
  /// Appends the mask.
  case padded(Tree)
  case sharded(Tree, rank: Int, of: Int, end: TreeShardEnd)
  case dealt(Tree, rank: Int, of: Int)
  /// Appends the indices of the sample.
  case indexed(Tree)
  case erased(Tree)
  case failable(Tree)
}

enum TreeShardEnd: Hashable, Sendable, CaseIterable {
  case drop, uneven, pad
}

enum TreeSelection: Hashable, Sendable {
  case untilFirstExhausted, stratified, sequential
  case proportional([Int])
}

/// Samples of an `ArraySource`.
struct Leaf: Hashable, Sendable {
  enum Storage: Hashable, Sendable {
    case array
    /// Two arrays end to end.
    case concatenated
    /// A sample array defined by the test.
    case ownArray
    /// A loader defined by the test, some of whose samples cannot be loaded.
    case loader(unreadable: [Int])
  }

  /// Repeats of nil are without end; so are draws.
  enum Sampling: Hashable, Sendable {
    case all(repeats: Int?)
    case subset([Int], repeats: Int?)
    /// Without the indices that leave a remainder of 1 modulo 3.
    case filtered(repeats: Int?)
    case split(counts: [Int], part: Int, seed: Int)
    case fold(Int, of: Int, isTraining: Bool, seed: Int)
    /// With replacement.
    case weighted(draws: Int?)
    case once(draws: Int?)
    case dynamic(draws: Int?)
    case quotas(ends: Bool)
    /// So many of each of two classes, in batches of twice as many.
    case turns(samples: Int, ends: Bool)
    /// A sampler defined by the test: all samples in descending order.
    case own(isSeekable: Bool, isCounted: Bool)
  }

  var id: Int
  var count: Int
  var storage: Storage = .array
  var sampling: Sampling = .all(repeats: 1)
}

/// Batches of a closure, which alternate between full and half size.
struct Generated: Hashable, Sendable {
  var id: Int
  /// Nil for no end.
  var count: Int?
  /// Whether the source states the number of its samples.
  var isCounted = true
  /// The batches that fail.
  var failing: [Int] = []
}

extension Tree {
  var children: [Tree] {
    switch self {
    case .leaf, .generated, .existing, .own: []
    case .pair(let first, let second): [first, second]
    case .choice(_, let members): members
    case .map(let base), .throwingMap(let base), .randomMap(let base), .padded(let base), .sharded(let base, _, _, _),
      .dealt(let base, _, _), .indexed(let base), .erased(let base), .failable(let base):
      [base]
    }
  }

  /// The same combinator of other sources.
  func replacing(_ children: [Tree]) -> Tree {
    switch self {
    case .leaf, .generated, .existing, .own: self
    case .pair: .pair(children[0], children[1])
    case .choice(let selection, _): .choice(selection, children)
    case .map: .map(children[0])
    case .throwingMap: .throwingMap(children[0])
    case .randomMap: .randomMap(children[0])
    case .padded: .padded(children[0])
    case .sharded(_, let rank, let rankCount, let end): .sharded(children[0], rank: rank, of: rankCount, end: end)
    case .dealt(_, let rank, let rankCount): .dealt(children[0], rank: rank, of: rankCount)
    case .indexed: .indexed(children[0])
    case .erased: .erased(children[0])
    case .failable: .failable(children[0])
    }
  }

  func contains(_ isWanted: (Tree) -> Bool) -> Bool {
    isWanted(self) || children.contains { $0.contains(isWanted) }
  }

  /// Whether the type of the source says that its batches may fail.
  var mayFail: Bool {
    contains {
      switch $0 {
      case .throwingMap, .failable: true
      case .leaf(let leaf): if case .loader = leaf.storage { true } else { false }
      case .generated(let generated): !generated.failing.isEmpty
      default: false
      }
    }
  }

  /// Whether it can be iterated over without a shuffle.
  var isInOrder: Bool {
    if case .leaf(let leaf) = self {
      switch leaf.sampling {
      case .weighted, .once, .dynamic, .quotas, .turns: return false
      default: return true
      }
    }
    return children.allSatisfy(\.isInOrder)
  }

  /// Whether its batches are made when they are drawn.
  var hasExistingBatches: Bool {
    contains {
      switch $0 {
      case .generated, .existing: true
      default: false
      }
    }
  }

  /// Whether batches are parts of batches.
  var deliversParts: Bool { contains { if case .sharded = $0 { true } else { false } } }
}

extension Leaf {
  /// Samples of class 0, 1 or 2.
  var labels: [Int] { (0..<count).map { $0 % 3 } }

  /// Not all of them 0 where there is a sample.
  var weights: [Double] { (0..<count).map { Double((7 * $0 + 3) % 5) } }
}
