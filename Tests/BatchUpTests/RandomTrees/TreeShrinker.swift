import BatchUp
import Foundation

extension TreeCase {
  /// The smallest case that still fails, found by one small change after the other.
  func shrunk(limit: Int = 2_000) async -> (TreeCase, String) {
    var smallest = self
    var fault = await smallest.fault() ?? ""
    var left = limit
    var isSmaller = true
    while isSmaller, left > 0 {
      isSmaller = false
      for candidate in smallest.smaller where left > 0 {
        left -= 1
        guard let found = await candidate.fault() else { continue }
        (smallest, fault, isSmaller) = (candidate, found, true)
        break
      }
    }
    return (smallest, fault)
  }

  /// What is wrong; nil where the library delivers what the model says, or no such source can be made.
  func fault() async -> String? {
    do {
      if let log = Self.log { try description.write(toFile: log, atomically: false, encoding: .utf8) }
      try await check()
      return nil
    } catch is UnbuildableTree {
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// The file that each case is written to before it is checked.
  private static let log = ProcessInfo.processInfo.environment["BATCHUP_TREE_LOG"]

  private var smaller: [TreeCase] {
    tree.smaller.map { TreeCase($0, consumption) }.filter(\.isPossible)
      + consumption.smaller.map { TreeCase(tree, $0) }.filter(\.isPossible)
  }

  /// Whether the order and the batch size fit the samplers.
  private var isPossible: Bool {
    if consumption.order == .inOrder, !tree.isInOrder { return false }
    return !tree.contains {
      guard case .leaf(let leaf) = $0, case .turns(let samples, _) = leaf.sampling else { return false }
      return 2 * samples != consumption.batchSize
    }
  }
}

extension Consumption {
  fileprivate var smaller: [Consumption] {
    func with(_ change: (inout Consumption) -> Void) -> Consumption {
      var changed = self
      change(&changed)
      return changed
    }
    var smaller = [
      with { $0.ranks = nil }, with { $0.ranks?.resumedBy = nil }, with { $0.stop = nil },
      with { $0.stop?.batchSize = nil },
      with { $0.stop?.way = .inline }, with { $0.way = .inline }, with { $0.policy = .stop },
      with { $0.remainder = .keep }, with { $0.limit = nil }, with { $0.order = .inOrder },
      with { $0.batchSize /= 2 }, with { $0.batchSize -= 1 }, with { $0.stop?.after -= 1 },
    ]
    if order != .inOrder { smaller.append(with { $0.order = .seeded(1, epoch: 0) }) }
    if let stop, stop.after > 1 { smaller.append(with { $0.stop?.after = 1 }) }
    if let ranks, ranks.count > 2 { smaller.append(with { $0.ranks?.count = 2 }) }
    if case .async(let count) = way { smaller.append(with { $0.way = .workers(count) }) }
    return smaller.filter { $0 != self && $0.batchSize > 0 && $0.stop?.after ?? 0 >= 0 }
  }
}

extension Tree {
  /// Trees that have a level less, or a smaller leaf.
  fileprivate var smaller: [Tree] {
    var smaller = children
    for index in children.indices {
      for child in children[index].smaller {
        var changed = children
        changed[index] = child
        smaller.append(replacing(changed))
      }
    }
    switch self {
    case .leaf(let leaf): smaller += leaf.smaller.map(Tree.leaf)
    case .generated(var source):
      if let count = source.count, count > 0 {
        source.count = count / 2
        smaller.append(.generated(source))
        source.count = count - 1
        smaller.append(.generated(source))
      } else if source.count == nil {
        source.count = 5
        smaller.append(.generated(source))
      }
    case .existing(let id, let sizes):
      smaller += sizes.indices.map { index in
        .existing(id: id, sizes: sizes.enumerated().filter { $0.offset != index }.map(\.element))
      }
    case .own(let id, let count) where count > 0:
      smaller += [.own(id: id, count: count / 2), .own(id: id, count: count - 1)]
    case .choice(let selection, let members) where members.count > 1: smaller += Self.choices(selection, members)
    case .sharded(let base, let rank, let rankCount, let end):
      if rankCount > 2, rank < 2 { smaller.append(.sharded(base, rank: rank, of: 2, end: end)) }
      if rank > 0 { smaller.append(.sharded(base, rank: 0, of: rankCount, end: end)) }
    case .dealt(let base, let rank, let rankCount):
      if rankCount > 2, rank < 2 { smaller.append(.dealt(base, rank: rank, of: 2)) }
      if rank > 0 { smaller.append(.dealt(base, rank: 0, of: rankCount)) }
    default: break
    }
    return smaller
  }

  private static func choices(_ selection: TreeSelection, _ members: [Tree]) -> [Tree] {
    let fewer = members.indices.map { index in members.enumerated().filter { $0.offset != index }.map(\.element) }
    guard case .proportional = selection else {
      return fewer.map { .choice(selection, $0) }
        + [.choice(.sequential, members)].filter { _ in selection != .sequential }
    }
    return [.choice(.untilFirstExhausted, members)] + fewer.map { .choice(.proportional($0.map { _ in 1 }), $0) }
  }
}

extension Leaf {
  fileprivate var smaller: [Leaf] {
    func with(_ change: (inout Leaf) -> Void) -> Leaf {
      var changed = self
      change(&changed)
      return changed
    }
    var smaller = [
      with { $0.storage = .array }, with { $0.sampling = .all(repeats: 1) }, with { $0.count /= 2 },
      with { $0.count -= 1 },
    ]
    switch sampling {
    case .all(nil): smaller.append(with { $0.sampling = .all(repeats: 2) })
    case .own(let isSeekable, _): smaller.append(with { $0.sampling = .own(isSeekable: isSeekable, isCounted: true) })
    case .all, .filtered, .quotas, .once, .weighted, .dynamic: break
    // Others name samples that a smaller leaf may not have.
    case .subset, .split, .fold, .turns: smaller.removeLast(2)
    }
    return smaller.filter { $0 != self && $0.count >= (sampling.isDrawn ? 1 : 0) }
  }
}

extension Leaf.Sampling {
  /// Whether there has to be a sample.
  fileprivate var isDrawn: Bool {
    switch self {
    case .weighted, .once, .dynamic, .quotas: true
    default: false
    }
  }
}
