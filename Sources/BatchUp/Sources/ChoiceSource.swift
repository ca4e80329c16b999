/// Several sources of like batches, each batch from one of them.
public struct ChoiceSource<Member: BatchSource>: BatchSource {
  public typealias Batch = Member.Batch
  public typealias Failure = Member.Failure

  /// Which member delivers the next batch.
  public enum Selection: Sendable, Hashable {
    /// Rounds, in which each member delivers one batch, until a member has no more. In order, members come as they are
    /// listed; shuffled, each round has an order of its own.
    case untilFirstExhausted
    /// Each member delivers all its batches, spread evenly over the whole iteration; shuffled, every order of members
    /// is equally likely. Batches that a member has beyond those that its samples fill come at the end. Where a member
    /// never ends or has an unknown number of samples, as `untilFirstExhausted`.
    case stratified
    /// Rounds, in which member i delivers `proportions[i]` batches, until a member that has its turn has no more. In
    /// order, each is spread evenly over the round; shuffled, every order of the round is equally likely.
    case proportional([Int])
    /// All batches of the first member, then all of the second, and so on.
    case sequential
  }

  @usableFromInline let members: [Member]
  @usableFromInline let selection: Selection

  /// Batches of `members`, as `selection` chooses. Shuffled, each member has an order of its own.
  ///
  /// - Precondition: there is at least one member, and proportions are as many, none negative and not all 0.
  public init(_ members: [Member], selection: Selection = .untilFirstExhausted) {
    precondition(!members.isEmpty, "a choice needs at least one source")
    if case .proportional(let proportions) = selection {
      precondition(
        proportions.count == members.count, "\(proportions.count) proportions for \(members.count) sources")
      precondition(
        proportions.allSatisfy { $0 >= 0 } && proportions.contains { $0 > 0 },
        "proportions are not negative and not all 0, unlike \(proportions)")
    }
    self.members = members
    self.selection = selection
  }

  /// The sample count is that of all members together, as Python BatchUp counts; fewer are delivered where the end comes
  /// with the first member that has no more. Unknown where the end depends on the batch size, since some members never
  /// end.
  public var traits: SourceTraits {
    let traits = members.map(\.traits)
    let isSequential = selection == .sequential
    func total(_ counts: [SampleCount]) -> SampleCount { .total(counts, endingWithAny: !isSequential) }
    // Without members whose proportion is 0.
    let delivering: [SourceTraits]
    if case .proportional(let proportions) = selection {
      delivering = traits.indices.filter { proportions[$0] > 0 }.map { traits[$0] }
    } else {
      delivering = traits
    }
    var result = SourceTraits(sampleCount: total(delivering.map(\.sampleCount))) { [selection] in
      var fingerprint = Fingerprint()
      switch selection {
      case .untilFirstExhausted: fingerprint.combine(0)
      case .stratified: fingerprint.combine(1)
      case .sequential: fingerprint.combine(2)
      case .proportional(let proportions): fingerprint.combine(contentsOf: [3] + proportions)
      }
      for member in traits { fingerprint.combine(member.fingerprint) }
      return fingerprint
    }
    let deliversParts = traits.contains(where: \.deliversParts)
    result.deliversParts = deliversParts
    if deliversParts { result.wholeSampleCount = total(delivering.map { $0.wholeSampleCount ?? $0.sampleCount }) }
    result.measuring = { [selection] batchSize, _ in
      selection.lengths(ofMembers: delivering.map { $0.lengths(batchSize: batchSize, startingAt: 0) })
    }
    return result
  }

  @usableFromInline
  func chooser(batchSize: Int, order: SampleOrder) -> MemberChooser {
    MemberChooser(
      selection: selection, counts: members.map(\.sampleCount), batchSize: batchSize, order: order)
  }
}

extension ChoiceSource {
  @inlinable
  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions {
    Positions(
      members: members.indices.map { members[$0].positions(over: ranges, order: order.ofMember($0)) },
      chooser: chooser(batchSize: ranges.batchSize, order: order))
  }

  @inlinable
  public func batch(at position: ChoicePosition<Member.Position>, in context: BatchContext) throws(Failure) -> Batch {
    try members[position.member].batch(at: position.samples, in: context)
  }

  /// Takes each position from the member that is chosen.
  public struct Positions: IteratorProtocol {
    @usableFromInline var members: [Member.Positions]
    @usableFromInline var chooser: MemberChooser

    @usableFromInline
    init(members: [Member.Positions], chooser: MemberChooser) {
      self.members = members
      self.chooser = chooser
    }

    @inlinable
    public mutating func next() -> ChoicePosition<Member.Position>? {
      while let member = chooser.next() {
        if let samples = members[member].next() { return ChoicePosition(member: member, samples: samples) }
        chooser.memberIsExhausted(member)
      }
      return nil
    }
  }
}

extension ChoiceSource.Selection {
  fileprivate func lengths(ofMembers members: [BatchLengths]) -> BatchLengths {
    if self == .sequential { return .sequence(of: members) }
    return switch SampleCount.total(members.map(\.sampleCount), endingWithAny: true) {
    case .infinite: .mixture(of: members)
    case .finite: self == .stratified ? .mixture(of: members) : .part(of: members)
    case .unknown: BatchLengths(ofUnknownLengthsWith: .unknown)
    }
  }
}

extension SampleCount {
  /// Those of several members; with `endingWithAny`, the end may come with the first member that has no more.
  fileprivate static func total(_ counts: [SampleCount], endingWithAny: Bool) -> SampleCount {
    if endingWithAny, counts.contains(.infinite), counts.contains(where: { $0 != .infinite }) { return .unknown }
    return counts.reduce(.finite(0), +)
  }
}

extension ChoiceSource: InOrderSource where Member: InOrderSource {}

extension ChoiceSource: Sendable where Member: Sendable {}

/// Which samples of which member are in a batch.
public struct ChoicePosition<Samples: BatchPosition>: BatchPosition {
  /// The member, counted from 0.
  public let member: Int
  /// The samples of that member.
  public let samples: Samples

  /// Creates a position in one member.
  public init(member: Int, samples: Samples) {
    self.member = member
    self.samples = samples
  }

  public var sampleIndices: ChoicePosition<Samples.SampleIndices> {
    ChoicePosition<Samples.SampleIndices>(member: member, samples: samples.sampleIndices)
  }

  public var sampleCount: Int { samples.sampleCount }

  public var rowCount: Int { samples.rowCount }

  public func selecting(_ places: [Int]) -> ChoicePosition {
    ChoicePosition(member: member, samples: samples.selecting(places))
  }

  public func trimmed(to count: Int) -> ChoicePosition {
    ChoicePosition(member: member, samples: samples.trimmed(to: count))
  }

  public func sampleIndices(at place: Int) -> [Int] { samples.sampleIndices(at: place) }

  public var sampleKeys: SampleKeys { samples.sampleKeys.ofMember(member) }
}

extension ChoicePosition: Sendable where Samples: Sendable {}

extension Array where Element: BatchSource {
  /// The batches of all these sources, end to end. Shuffled, each has an order of its own; for one order over the
  /// samples of all, concatenate the arrays: `ConcatenatedSamples`.
  public func concatenated() -> ChoiceSource<Element> { ChoiceSource(self, selection: .sequential) }
}
