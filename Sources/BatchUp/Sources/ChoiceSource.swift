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

  /// The samples of all members together, as Python BatchUp counts; fewer are delivered where the end comes with the
  /// first member that has no more. Unknown where the end depends on the batch size, since some members never end.
  public var sampleCount: SampleCount { total(deliveringMembers.map(\.sampleCount)) }

  public func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount {
    total(deliveringMembers.map { $0.sampleCount(batchSize: batchSize, remainder: remainder) })
  }

  /// Without those whose proportion is 0.
  private var deliveringMembers: [Member] {
    guard case .proportional(let proportions) = selection else { return members }
    return members.indices.filter { proportions[$0] > 0 }.map { members[$0] }
  }

  private func total(_ counts: [SampleCount]) -> SampleCount {
    let endsWithAnyMember = selection != .sequential
    if endsWithAnyMember, counts.contains(.infinite), counts.contains(where: { $0 != .infinite }) { return .unknown }
    return counts.reduce(.finite(0), +)
  }

  public var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    switch selection {
    case .untilFirstExhausted: fingerprint.combine(0)
    case .stratified: fingerprint.combine(1)
    case .sequential: fingerprint.combine(2)
    case .proportional(let proportions): fingerprint.combine(contentsOf: [3] + proportions)
    }
    for member in members { fingerprint.combine(member.fingerprint) }
    return fingerprint
  }

  @usableFromInline
  func chooser(batchSize: Int, order: SampleOrder) -> MemberChooser {
    MemberChooser(
      selection: selection, counts: members.map(\.sampleCount), batchSize: batchSize, order: order)
  }
}

extension ChoiceSource {
  @inlinable
  public func makeBatchIterator(batchSize: Int, order: SampleOrder) -> BatchIterator {
    BatchIterator(
      members: members.indices.map {
        members[$0].makeBatchIterator(batchSize: batchSize, order: order.ofMember($0))
      },
      chooser: chooser(batchSize: batchSize, order: order))
  }

  /// Takes each batch from the member that is chosen.
  public struct BatchIterator: BatchIteratorProtocol {
    public typealias Batch = Member.Batch
    public typealias Failure = Member.Failure

    @usableFromInline var members: [Member.BatchIterator]
    @usableFromInline var chooser: MemberChooser
    @usableFromInline var current = 0

    @usableFromInline
    init(members: [Member.BatchIterator], chooser: MemberChooser) {
      self.members = members
      self.chooser = chooser
    }

    @inlinable
    public mutating func advance() throws(Failure) -> Int? {
      while let member = chooser.next() {
        if let count = try members[member].advance() {
          current = member
          return count
        }
        chooser.memberIsExhausted(member)
      }
      return nil
    }

    @inlinable
    public mutating func makeBatch(ofFirst count: Int) throws(Failure) -> Batch {
      try members[current].makeBatch(ofFirst: count)
    }

    public var sampleKeys: SampleKeys? { members[current].sampleKeys?.ofMember(current) }
  }
}

extension ChoiceSource: InOrderSource where Member: InOrderSource {}

extension ChoiceSource: Sendable where Member: Sendable {}

extension ChoiceSource: RandomAccessSource where Member: RandomAccessSource {
  @inlinable
  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> Positions {
    Positions(
      members: members.indices.map {
        members[$0].makePositionIterator(batchSize: batchSize, order: order.ofMember($0))
      },
      chooser: chooser(batchSize: batchSize, order: order))
  }

  @inlinable
  public func batch(
    at position: ChoicePosition<Member.Position>, recycling recycler: StorageRecycler?
  ) throws(Failure) -> Batch {
    try members[position.member].batch(at: position.samples, recycling: recycler)
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

/// Which samples of which member are in a batch.
public struct ChoicePosition<Samples: BatchPosition>: BatchPosition {
  /// The member, counted from 0.
  public let member: Int
  /// The samples of that member.
  public let samples: Samples

  /// Samples of one member.
  public init(member: Int, samples: Samples) {
    self.member = member
    self.samples = samples
  }

  public var sampleCount: Int { samples.sampleCount }

  public func trimmed(to count: Int) -> ChoicePosition {
    ChoicePosition(member: member, samples: samples.trimmed(to: count))
  }

  public func picking(_ places: [Int]) -> ChoicePosition {
    ChoicePosition(member: member, samples: samples.picking(places))
  }

  public func sampleIndices(at place: Int) -> [Int] { samples.sampleIndices(at: place) }

  public var sampleKeys: SampleKeys { samples.sampleKeys.ofMember(member) }
}

extension Array where Element: BatchSource {
  /// The batches of all these sources, end to end. Shuffled, each has an order of its own; for one order over the
  /// samples of all, concatenate the arrays: `ConcatenatedSamples`.
  public func concatenated() -> ChoiceSource<Element> { ChoiceSource(self, selection: .sequential) }
}
