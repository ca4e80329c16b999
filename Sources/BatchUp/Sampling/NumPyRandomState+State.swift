extension NumPyRandomState {
  /// All that the next draws depend on, as in NumPy's `get_state()`.
  public struct State: Hashable, Sendable {
    /// The current block of 624 words, as the engine keeps them.
    public let key: [UInt32]
    /// How many words of the block have been used, 0...624.
    public let position: Int
    /// The normal number that is held back for the next call.
    public let cachedNormal: Double?

    /// The state with these parts, which may come from NumPy's `get_state()`.
    public init(key: [UInt32], position: Int, cachedNormal: Double? = nil) throws(StateError) {
      let wordCount = MersenneTwister.wordCount
      guard key.count == wordCount else { throw .wordCount(expected: wordCount, found: key.count) }
      guard 0...wordCount ~= position else { throw .position(expected: 0...wordCount, found: position) }
      if let cachedNormal, !cachedNormal.isFinite { throw .cachedNormalNotFinite(found: cachedNormal) }
      // All that twisting a block reads: the lowest 31 bits of the first word are not part of the state.
      guard key[0] >> 31 != 0 || key.dropFirst().contains(where: { $0 != 0 }) else { throw .onlyZeros }
      self.init(unchecked: key, position, cachedNormal)
    }

    fileprivate init(unchecked key: [UInt32], _ position: Int, _ cachedNormal: Double?) {
      self.key = key
      self.position = position
      self.cachedNormal = cachedNormal
    }
  }

  /// Why numbers are not a state of the generator.
  public enum StateError: Error, Hashable, Sendable {
    /// The block has another number of words.
    case wordCount(expected: Int, found: Int)
    /// The number of used words is not possible.
    case position(expected: ClosedRange<Int>, found: Int)
    /// The normal number that is held back is infinite or not a number.
    case cachedNormalNotFinite(found: Double)
    /// The block has only zeros, from which follow only zeros: there would be no normal number.
    case onlyZeros
  }

  /// The state, which can be set to go on from there.
  public var state: State {
    get { engine.withLock { State(unchecked: $0.key, $0.position, $0.cachedNormal) } }
    set { engine.withLock { $0 = MersenneTwister(newValue) } }
  }

  /// A generator that starts with the state `state`.
  public convenience init(state: State) {
    self.init(engine: MersenneTwister(state))
  }

  /// A generator of its own with the same state: both will draw the same.
  public func copy() -> NumPyRandomState {
    NumPyRandomState(engine: engine.withLock { $0 })
  }
}

extension MersenneTwister {
  fileprivate init(_ state: NumPyRandomState.State) {
    self.init(key: state.key, position: state.position, cachedNormal: state.cachedNormal)
  }
}

extension NumPyRandomState.StateError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wordCount(let expected, let found): "the key of a state has \(expected) words, not \(found)"
    case .position(let expected, let found): "the position in a state is in \(expected), unlike \(found)"
    case .cachedNormalNotFinite(let found): "the cached normal number of a state is finite, unlike \(found)"
    case .onlyZeros: "the key of a state has not only zeros"
    }
  }
}

extension NumPyRandomState.State: Codable {
  private enum CodingKeys: CodingKey {
    case key, position, cachedNormal
  }

  /// Decodes a state, and throws `DecodingError` where there is none.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let key = try container.decode([UInt32].self, forKey: .key)
    let position = try container.decode(Int.self, forKey: .position)
    let cachedNormal = try container.decodeIfPresent(Double.self, forKey: .cachedNormal)
    do throws(NumPyRandomState.StateError) {
      try self.init(key: key, position: position, cachedNormal: cachedNormal)
    } catch {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: container.codingPath, debugDescription: error.description, underlyingError: error))
    }
  }
}

extension NumPyRandomState: Codable {
  /// A generator with the state that was encoded.
  public convenience init(from decoder: any Decoder) throws {
    self.init(state: try State(from: decoder))
  }

  /// Encodes `state`.
  public func encode(to encoder: any Encoder) throws {
    try state.encode(to: encoder)
  }
}
