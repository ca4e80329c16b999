import BatchUp

// What a failed check prints, to be pasted as a regression case.

extension Tree: CustomStringConvertible {
  var description: String {
    switch self {
    case .leaf(let leaf): ".leaf(\(leaf))"
    case .generated(let generated):
      ".generated(Generated(id: \(generated.id), count: \(literal(generated.count)), isCounted: "
        + "\(generated.isCounted), failing: \(generated.failing)))"
    case .existing(let id, let sizes): ".existing(id: \(id), sizes: \(sizes))"
    case .own(let id, let count): ".own(id: \(id), count: \(count))"
    case .pair(let first, let second): ".pair(\(first), \(second))"
    case .choice(let selection, let members): ".choice(.\(selection), \(members))"
    case .map(let base): ".map(\(base))"
    case .throwingMap(let base): ".throwingMap(\(base))"
    case .randomMap(let base): ".randomMap(\(base))"
    case .padded(let base): ".padded(\(base))"
    case .sharded(let base, let rank, let rankCount, let end):
      ".sharded(\(base), rank: \(rank), of: \(rankCount), end: .\(end))"
    case .dealt(let base, let rank, let rankCount): ".dealt(\(base), rank: \(rank), of: \(rankCount))"
    case .indexed(let base): ".indexed(\(base))"
    case .erased(let base): ".erased(\(base))"
    case .failable(let base): ".failable(\(base))"
    }
  }
}

extension Leaf: CustomStringConvertible {
  var description: String { "Leaf(id: \(id), count: \(count), storage: .\(storage), sampling: \(sampling))" }
}

extension Leaf.Storage: CustomStringConvertible {
  var description: String {
    switch self {
    case .array: "array"
    case .concatenated: "concatenated"
    case .ownArray: "ownArray"
    case .loader(let unreadable): "loader(unreadable: \(unreadable))"
    }
  }
}

extension Leaf.Sampling: CustomStringConvertible {
  var description: String {
    switch self {
    case .all(let repeats): ".all(repeats: \(literal(repeats)))"
    case .subset(let indices, let repeats): ".subset(\(indices), repeats: \(literal(repeats)))"
    case .filtered(let repeats): ".filtered(repeats: \(literal(repeats)))"
    case .split(let counts, let part, let seed): ".split(counts: \(counts), part: \(part), seed: \(seed))"
    case .fold(let fold, let count, let isTraining, let seed):
      ".fold(\(fold), of: \(count), isTraining: \(isTraining), seed: \(seed))"
    case .weighted(let draws): ".weighted(draws: \(literal(draws)))"
    case .once(let draws): ".once(draws: \(literal(draws)))"
    case .dynamic(let draws): ".dynamic(draws: \(literal(draws)))"
    case .quotas(let ends): ".quotas(ends: \(ends))"
    case .turns(let samples, let ends): ".turns(samples: \(samples), ends: \(ends))"
    case .own(let isSeekable, let isCounted): ".own(isSeekable: \(isSeekable), isCounted: \(isCounted))"
    }
  }
}

extension Consumption: CustomStringConvertible {
  var description: String {
    var parts = ["order: \(order)", "batchSize: \(batchSize)"]
    if remainder == .drop { parts.append("remainder: .drop") }
    if let limit { parts.append("limit: \(limit)") }
    parts.append("way: .\(way)")
    if policy != .stop { parts.append("policy: .\(policy)") }
    if let stop {
      parts.append("stop: Stop(after: \(stop.after), way: .\(stop.way), batchSize: \(literal(stop.batchSize)))")
    }
    if let ranks {
      parts.append("ranks: Ranks(\(ranks.count), \(ranks.kind), resumedBy: \(literal(ranks.resumedBy)))")
    }
    return "Consumption(\(parts.joined(separator: ", ")))"
  }
}

extension TreeOrder: CustomStringConvertible {
  var description: String {
    switch self {
    case .inOrder: ".inOrder"
    case .numPy(let seed): ".numPy(seed: \(seed))"
    case .seeded(let seed, let epoch, let memory):
      switch memory {
      case .proportional: ".seeded(\(seed), epoch: \(epoch))"
      case .constant: ".seeded(\(seed), epoch: \(epoch), memory: .constant)"
      case .blocks(let shuffle):
        ".seeded(\(seed), epoch: \(epoch), memory: .blocks(of: \(shuffle.length), window: \(shuffle.window)))"
      }
    }
  }
}

extension Consumption.Ranks.Kind: CustomStringConvertible {
  var description: String {
    switch self {
    case .sharded(let end): ".sharded(.\(end))"
    case .dealt: ".dealt"
    }
  }
}

private func literal(_ count: Int?) -> String { count.map(String.init) ?? "nil" }
