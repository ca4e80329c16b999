import BatchUp

/// The number of samples that a source states, whatever the batch size: an upper bound where that matters.
func statedCount(of tree: Tree) -> SampleCount {
  switch tree {
  case .leaf(let leaf): leaf.statedCount
  case .generated(let source): source.isCounted ? source.count.map(SampleCount.finite) ?? .infinite : .unknown
  case .existing: .unknown
  case .own(_, let count): .finite(count)
  case .pair(let first, let second): smaller(statedCount(of: first), statedCount(of: second))
  case .choice(let selection, let members): total(selection, members)
  default: statedCount(of: tree.children[0])
  }
}

private func smaller(_ first: SampleCount, _ second: SampleCount) -> SampleCount {
  if first == .infinite { return second }
  if second == .infinite { return first }
  guard let first = first.finite, let second = second.finite else { return .unknown }
  return .finite(min(first, second))
}

private func total(_ selection: TreeSelection, _ members: [Tree]) -> SampleCount {
  var counts = members.map { statedCount(of: $0) }
  if case .proportional(let proportions) = selection {
    counts = counts.indices.filter { proportions[$0] > 0 }.map { counts[$0] }
  }
  let hasEndless = counts.contains(.infinite)
  if selection != .sequential, hasEndless, counts.contains(where: { $0 != .infinite }) { return .unknown }
  if hasEndless { return .infinite }
  return counts.contains(.unknown) ? .unknown : .finite(counts.compactMap(\.finite).reduce(0, +))
}

/// How far the number of samples that batches state can be trusted.
enum CountAccuracy: Int {
  case exact, exactOrUnknown, bound
}

extension Tree {
  var countAccuracy: CountAccuracy {
    let bases = children.map(\.countAccuracy.rawValue).max().flatMap(CountAccuracy.init) ?? .exact
    let own: CountAccuracy =
      switch self {
      case .leaf(let leaf): leaf.statedCount == .unknown ? .exactOrUnknown : .exact
      case .own: .exact
      case .generated, .existing: .bound
      case .pair: isEven ? .exact : .bound
      case .choice(let selection, _): selection == .sequential || selection == .stratified ? .exactOrUnknown : .bound
      case .sharded(let base, _, _, _), .dealt(let base, _, _): base.isEven ? .exact : .exactOrUnknown
      default: .exact
      }
    return CountAccuracy(rawValue: max(bases.rawValue, own.rawValue)) ?? .bound
  }

  /// Whether no batch but the last can be short.
  var isEven: Bool {
    !contains {
      switch $0 {
      case .generated, .existing, .own, .choice, .sharded: true
      default: false
      }
    }
  }

  /// Whether iterations by a seed go straight to a place.
  var isSeekable: Bool {
    switch self {
    case .leaf(let leaf): leaf.sampling.isSeekable
    case .generated, .existing, .own, .choice, .dealt: false
    case .sharded(let base, _, _, _): base.isSeekable && !base.deliversParts && statedCount(of: base) != .unknown
    case .randomMap(let base): base.isSeekable && !base.deliversParts
    default: children.allSatisfy(\.isSeekable)
    }
  }
}
