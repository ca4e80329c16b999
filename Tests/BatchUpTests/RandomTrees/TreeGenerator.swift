import BatchUp

/// SplitMix64 (Steele, Lea & Flood, OOPSLA'14).
struct TreeRandomness: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// Draws trees and ways to iterate over them.
struct TreeGenerator {
  private var randomness: TreeRandomness
  private var leafCount = 0
  private let batchSize: Int

  static func treeCase(seed: UInt64) -> TreeCase {
    var randomness = TreeRandomness(state: seed)
    var generator = TreeGenerator(randomness: randomness, batchSize: .random(in: 1...17, using: &randomness))
    let tree = generator.tree(depth: generator.pick(0, 1, 2, 2, 3, 3, 4), mayFail: generator.isDrawn(1, in: 3))
    return TreeCase(tree, generator.consumption(of: tree))
  }

  private init(randomness: TreeRandomness, batchSize: Int) {
    (self.randomness, self.batchSize) = (randomness, batchSize)
    _ = self.randomness.next()
  }

  private mutating func pick<T>(_ choices: T...) -> T { choices[number(0...choices.count - 1)] }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &randomness) }

  private mutating func isDrawn(_ chance: Int, in total: Int) -> Bool { number(1...total) <= chance }

  private mutating func nextID() -> Int {
    leafCount += 1
    return leafCount
  }
}

extension TreeGenerator {
  private mutating func tree(depth: Int, mayFail: Bool) -> Tree {
    if depth == 0 { return leaf(mayFail: mayFail) }
    let base = tree(depth: depth - 1, mayFail: mayFail)
    switch number(0...13) {
    case 0, 1: return .pair(base, tree(depth: number(0...depth - 1), mayFail: mayFail))
    case 2, 3, 4: return choice(base, depth: depth, mayFail: mayFail)
    case 5: return .map(base)
    case 6: return .randomMap(base)
    case 7, 8: return .padded(base)
    case 9:
      let rankCount = number(1...5)
      return .sharded(base, rank: number(0...rankCount - 1), of: rankCount, end: pick(.drop, .uneven, .pad))
    case 10:
      let rankCount = number(1...5)
      return .dealt(base, rank: number(0...rankCount - 1), of: rankCount)
    case 11: return .indexed(base)
    case 12: return .erased(base)
    default: return mayFail ? pick(.throwingMap(base), .failable(base)) : .erased(base)
    }
  }

  private mutating func choice(_ first: Tree, depth: Int, mayFail: Bool) -> Tree {
    var members = [first]
    for _ in 0..<number(0...3) {
      // Members of one type are not erased.
      members.append(isDrawn(1, in: 3) ? first : tree(depth: number(0...depth - 1), mayFail: mayFail))
    }
    return .choice(selection(of: members.count), members)
  }

  private mutating func selection(of memberCount: Int) -> TreeSelection {
    switch number(0...3) {
    case 0: .untilFirstExhausted
    case 1: .stratified
    case 2: .sequential
    default: .proportional([number(1...4)] + (1..<memberCount).map { _ in number(0...4) })
    }
  }
}

extension TreeGenerator {
  private mutating func leaf(mayFail: Bool) -> Tree {
    let count = pick(0, 1, 2, number(0...40), number(0...40), number(3...20))
    switch number(0...11) {
    case 0:
      let failing = mayFail && isDrawn(1, in: 2) ? (0..<number(1...3)).map { _ in number(0...5) } : []
      return .generated(
        Generated(
          id: nextID(), count: isDrawn(1, in: 6) ? nil : count, isCounted: isDrawn(2, in: 3), failing: failing))
    case 1:
      return .existing(id: nextID(), sizes: (0..<number(0...5)).map { _ in pick(0, 1, batchSize, number(0...20)) })
    case 2: return .own(id: nextID(), count: count)
    default:
      var leaf = Leaf(id: nextID(), count: count)
      leaf.storage = storage(count: count, mayFail: mayFail)
      leaf.sampling = sampling(count: count)
      return .leaf(leaf)
    }
  }

  private mutating func storage(count: Int, mayFail: Bool) -> Leaf.Storage {
    if mayFail, isDrawn(2, in: 3) {
      return .loader(unreadable: (0..<number(0...3)).map { _ in number(0...max(count - 1, 0)) })
    }
    return pick(.array, .array, .concatenated, .ownArray)
  }

  private mutating func sampling(count: Int) -> Leaf.Sampling {
    let repeats = pick(1, 1, 1, 2, 3, nil)
    let draws = pick(nil, 0, number(1...60))
    let seed = number(0...9)
    switch number(0...15) {
    case 0 where count > 0:
      return .subset((0..<number(0...2 * count)).map { _ in number(0...count - 1) }, repeats: repeats)
    case 1: return .filtered(repeats: repeats)
    case 2:
      let counts = [number(0...count / 2), number(0...count / 2)]
      return .split(counts: counts, part: number(0...1), seed: seed)
    case 3 where count >= 4:
      let foldCount = number(2...4)
      return .fold(number(0...foldCount - 1), of: foldCount, isTraining: isDrawn(1, in: 2), seed: seed)
    case 4 where count > 0: return .weighted(draws: draws)
    case 5 where count > 0: return .once(draws: nil)
    case 6 where count > 0: return .dynamic(draws: draws)
    case 7 where count > 0: return .quotas(ends: isDrawn(1, in: 2))
    case 8 where count > 1 && batchSize % 2 == 0: return .turns(samples: batchSize / 2, ends: isDrawn(1, in: 2))
    case 9, 10: return .own(isSeekable: isDrawn(1, in: 2), isCounted: isDrawn(2, in: 3))
    default: return .all(repeats: repeats)
    }
  }
}

extension TreeGenerator {
  private mutating func consumption(of tree: Tree) -> Consumption {
    var consumption = Consumption(order: order(of: tree), batchSize: batchSize, way: way())
    if isDrawn(1, in: 3) { consumption.remainder = .drop }
    if isDrawn(1, in: 4) { consumption.limit = number(0...8) }
    if tree.mayFail { consumption.policy = pick(.stop, .stop, .skipBatch, .skipSample, .replace) }
    if isDrawn(1, in: 2) {
      consumption.stop = Consumption.Stop(
        after: number(0...6), way: way(), batchSize: isDrawn(1, in: 4) ? number(1...17) : nil)
    }
    if isDrawn(1, in: 3) {
      consumption.stop?.batchSize = nil
      consumption.ranks = ranks()
      if consumption.ranks?.resumedBy != nil { consumption.policy = .stop }
    }
    return consumption
  }

  private mutating func order(of tree: Tree) -> TreeOrder {
    if tree.isInOrder, isDrawn(1, in: 3) { return .inOrder }
    if tree.hasOneLeaf, isDrawn(1, in: 4) { return .numPy(seed: UInt32(number(0...9))) }
    let memory: ShuffleMemory = pick(
      .proportional, .proportional, .constant, .blocks(of: number(1...5), window: number(1...4)))
    return .seeded(UInt64(number(0...99)), epoch: number(0...2), memory: memory)
  }

  private mutating func way() -> Consumption.Way {
    switch number(0...3) {
    case 0: .inline
    case 1: .async(number(0...3))
    default: .workers(number(0...3))
    }
  }

  private mutating func ranks() -> Consumption.Ranks {
    let end: TreeShardEnd = pick(.drop, .uneven, .pad)
    if isDrawn(1, in: 3) { return Consumption.Ranks(number(1...5), .dealt) }
    return Consumption.Ranks(number(1...5), .sharded(end), resumedBy: isDrawn(1, in: 3) ? number(1...5) : nil)
  }
}

extension Tree {
  /// Whether NumPy's generator serves one leaf alone.
  fileprivate var hasOneLeaf: Bool {
    switch self {
    case .leaf: true
    case .generated, .existing, .own, .choice, .pair, .randomMap: false
    default: children.allSatisfy(\.hasOneLeaf)
    }
  }
}
