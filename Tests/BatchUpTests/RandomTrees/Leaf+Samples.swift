import BatchUp

extension Leaf.Sampling {
  /// Whether the samples come in the same order in batches of any size.
  var isStream: Bool {
    switch self {
    case .quotas, .turns: false
    default: true
    }
  }

  /// Whether an iteration by a seed can be entered anywhere.
  var isSeekable: Bool {
    switch self {
    case .quotas, .turns: false
    case .own(let isSeekable, _): isSeekable
    default: true
    }
  }
}

extension Leaf {
  /// The samples of each pass, and how many passes there are; nil where samples are drawn.
  func passes() throws -> (samples: [Int], repeats: Int?)? {
    switch sampling {
    case .all(let repeats): (Array(0..<count), repeats)
    case .subset(let indices, let repeats): (indices, repeats)
    case .filtered(let repeats): ((0..<count).filter { $0 % 3 != 1 }, repeats)
    case .split(let counts, let part, let seed):
      (try splitOrder(seed).dropFirst(counts.prefix(part).reduce(0, +)).prefix(counts[part]).sorted(), 1)
    case .fold(let fold, let foldCount, let isTraining, let seed):
      (
        try splitOrder(seed).enumerated().filter { ($0.offset % foldCount == fold) != isTraining }.map(\.element)
          .sorted(), 1
      )
    case .weighted, .once, .dynamic, .quotas, .turns, .own: nil
    }
  }

  private func splitOrder(_ seed: Int) throws -> [Int] {
    try permutations(count: count, order: .seeded(UInt64(seed), epoch: 0).member(-2), passCount: 1)[0]
  }

  /// The number of samples of an iteration.
  var statedCount: SampleCount {
    switch sampling {
    case .weighted(let draws), .dynamic(let draws): return draws.map(SampleCount.finite) ?? .infinite
    case .once(let draws): return .finite(draws ?? weights.count { $0 > 0 })
    case .quotas(let ends), .turns(_, let ends): return ends ? .unknown : .infinite
    case .own(_, let isCounted): return isCounted ? .finite(count) : .unknown
    default:
      guard let (samples, repeats) = try? passes() else { return .unknown }
      return repeats.map { .finite($0 * samples.count) } ?? (samples.isEmpty ? .finite(0) : .infinite)
    }
  }
}

extension TreeOrder {
  var isNumPy: Bool { if case .numPy = self { true } else { false } }

  /// The same key with the uniform order.
  var uniform: TreeOrder {
    guard case .seeded(let seed, let epoch, _) = self else { return self }
    return .seeded(seed, epoch: epoch)
  }
}

extension SampleCount {
  var finite: Int? { if case .finite(let count) = self { count } else { nil } }
}
