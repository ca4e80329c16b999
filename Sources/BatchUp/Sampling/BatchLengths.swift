/// How many samples the batches of an iteration have, one after the other, as far as that is known beforehand.
///
/// Kept as runs of equally long batches, so that all of it is worked out in a few steps, whatever their number.
public struct BatchLengths: Sendable, Hashable {
  private struct Run: Hashable {
    let length: Int
    /// `.max` where they do not end.
    var count: Int
  }

  /// What is known of the batches in a list of runs.
  private enum Certainty: Int {
    case atMostThese, inAnyOrder, inThisOrder

    static func && (left: Certainty, right: Certainty) -> Certainty { left.rawValue < right.rawValue ? left : right }
  }

  private enum Knowledge: Hashable {
    case runs([Run], Certainty)
    case total(SampleCount)
  }

  private let knowledge: Knowledge

  private init(_ runs: [Run], _ certainty: Certainty = .inThisOrder) {
    var merged: [Run] = []
    let areInOrder = certainty == .inThisOrder
    for run in areInOrder ? runs : runs.sorted(by: { $0.length < $1.length }) where run.count > 0 {
      if let last = merged.last, last.length == run.length {
        merged[merged.count - 1].count = last.count.addingSaturating(run.count)
      } else {
        merged.append(run)
      }
      if areInOrder, run.count == .max { break }
    }
    knowledge = .runs(merged, certainty == .inAnyOrder && merged.count == 1 ? .inThisOrder : certainty)
  }

  /// Batches of lengths that are not known, with this number of samples, or fewer.
  public init(ofUnknownLengthsWith sampleCount: SampleCount) { knowledge = .total(sampleCount) }

  /// Samples in batches of this size, of which the last one may be short.
  public init(of batchSize: Int, sampleCount: SampleCount) {
    switch sampleCount {
    case .finite(let count):
      // What is no end is another number.
      let (wholeCount, rest) = min(count, .max - 1).quotientAndRemainder(dividingBy: batchSize)
      self.init([Run(length: batchSize, count: wholeCount), Run(length: rest, count: rest > 0 ? 1 : 0)])
    case .infinite: self.init([Run(length: batchSize, count: .max)])
    case .unknown: self.init(ofUnknownLengthsWith: .unknown)
    }
  }

  /// Batches of these lengths.
  public init(_ lengths: some Sequence<Int>) { self.init(lengths.map { Run(length: $0, count: 1) }) }

  /// The number of batches; nil where there is no end, and where it is not known.
  public var batchCount: Int? {
    guard case .runs(let runs, let certainty) = knowledge, certainty != .atMostThese else { return nil }
    let count = runs.reduce(0) { $0.addingSaturating($1.count) }
    return count == .max ? nil : count
  }

  /// The number of samples; the most that it can be where not all is known.
  public var sampleCount: SampleCount {
    switch knowledge {
    case .total(let count): count
    case .runs(let runs, _):
      runs.contains { $0.count == .max }
        ? .infinite : .finite(runs.reduce(0) { $0.addingSaturating($1.length.multipliedSaturating(by: $1.count)) })
    }
  }

  private var runsInOrder: [Run]? {
    if case .runs(let runs, .inThisOrder) = knowledge { runs } else { nil }
  }

  /// The batches of all members, one member after the other.
  static func sequence(of members: [BatchLengths]) -> BatchLengths { all(members, .inThisOrder) }

  /// The batches of all members, in an order that is not known.
  static func mixture(of members: [BatchLengths]) -> BatchLengths { all(members, .inAnyOrder) }

  /// Batches of the members, of which some may not come.
  static func part(of members: [BatchLengths]) -> BatchLengths { all(members, .atMostThese) }

  private static func all(_ members: [BatchLengths], _ certainty: Certainty) -> BatchLengths {
    var (runs, certainty) = ([Run](), certainty)
    for member in members {
      guard case .runs(let more, let known) = member.knowledge else {
        return BatchLengths(ofUnknownLengthsWith: members.map(\.sampleCount).reduce(.finite(0), +))
      }
      runs += more
      certainty = certainty && known
    }
    return BatchLengths(runs, certainty)
  }

  /// A part of each batch, as long as `length` says.
  func parts(_ length: (Int) -> Int) -> BatchLengths {
    switch knowledge {
    case .runs(let runs, let certainty):
      BatchLengths(runs.map { Run(length: length($0.length), count: $0.count) }, certainty)
    case .total(let count): BatchLengths(ofUnknownLengthsWith: count == .infinite ? .infinite : .unknown)
    }
  }

  /// Without the batches that are shorter.
  func dropping(shorterThan length: Int) -> BatchLengths {
    guard case .runs(let runs, let certainty) = knowledge else { return self }
    return BatchLengths(runs.filter { $0.length >= length }, certainty)
  }

  /// The first `count` batches at most.
  func prefix(_ count: Int) -> BatchLengths {
    guard count > 0 else { return BatchLengths([Run]()) }
    if let batchCount, batchCount <= count { return self }
    guard case .runs(let runs, let certainty) = knowledge else {
      return BatchLengths(ofUnknownLengthsWith: sampleCount == .infinite ? .unknown : sampleCount)
    }
    // Where the order is not known, at most the longest ones.
    let isInOrder = certainty == .inThisOrder
    var left = count
    return BatchLengths(
      (isInOrder ? runs : runs.reversed()).map { run in
        defer { left -= min(left, run.count) }
        return Run(length: run.length, count: min(left, run.count))
      }, isInOrder ? .inThisOrder : .atMostThese)
  }

  /// Without the first `count` batches, in which `sampleCount` samples have come.
  func dropFirst(_ count: Int, sampleCount dropped: Int) -> BatchLengths {
    guard let runs = runsInOrder else { return BatchLengths(ofUnknownLengthsWith: sampleCount.without(dropped)) }
    var left = count
    return BatchLengths(
      runs.map { run in
        defer { left -= min(left, run.count) }
        return Run(length: run.length, count: run.count == .max ? .max : max(run.count - left, 0))
      })
  }

  /// The batches that a rank has where they are dealt one by one.
  func dealt(rank: Int, of rankCount: Int) -> BatchLengths {
    guard let runs = runsInOrder else {
      return BatchLengths(ofUnknownLengthsWith: sampleCount == .infinite ? .infinite : .unknown)
    }
    var first = 0
    return BatchLengths(
      runs.map { run in
        if run.count == .max { return run }
        defer { first = (first + run.count) % rankCount }
        let lead = (rank - first + rankCount) % rankCount
        return Run(length: run.length, count: run.count > lead ? (run.count - lead - 1) / rankCount + 1 : 0)
      })
  }

  /// Each batch beside one of the others, trimmed to the shorter one, up to the end of either.
  func paired(with others: BatchLengths) -> BatchLengths {
    guard var runs = runsInOrder, var otherRuns = others.runsInOrder else {
      return BatchLengths(ofUnknownLengthsWith: sampleCount.limited(by: others.sampleCount))
    }
    var pairs: [Run] = []
    while let run = runs.first, let other = otherRuns.first {
      let count = min(run.count, other.count)
      pairs.append(Run(length: min(run.length, other.length), count: count))
      if count == .max { break }
      runs = Self.runs(runs, behind: count)
      otherRuns = Self.runs(otherRuns, behind: count)
    }
    return BatchLengths(pairs)
  }

  private static func runs(_ runs: [Run], behind count: Int) -> [Run] {
    var runs = runs
    if runs[0].count == .max { return runs }
    runs[0].count -= count
    return runs[0].count == 0 ? Array(runs.dropFirst()) : runs
  }
}
