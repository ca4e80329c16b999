/// The batches of another source, each changed by a closure that has random numbers of its own for every sample.
public struct RandomMappedSource<Base: BatchSource, Batch>: BatchSource {
  public typealias Failure = Base.Failure

  typealias Transform = @Sendable (Base.Batch, SampleGenerators) throws(Failure) -> Batch

  let base: Base
  let transform: Transform

  /// The parts of ranks cannot be entered at any offset, since the samples of each rank are counted apart.
  public var traits: SourceTraits {
    var traits = base.traits
    traits.isSeekable = traits.isSeekable && !traits.deliversParts
    return traits
  }

  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions {
    Positions(
      base: base.positions(over: ranges, order: order), order: order,
      ranges: isSeekable(in: order) ? ranges : nil)
  }

  public func batch(
    at position: SteppedPosition<Base.Position>, in context: BatchContext
  ) throws(Failure) -> Batch {
    let generators = SampleGenerators(
      key: position.key, steps: position.steps, sampleIndices: position.samples.sampleIndices(at:))
    var context = context
    context.generators = generators
    let batch = try base.batch(at: position.samples, in: context)
    return try context.measuring(.map) { () throws(Failure) in try transform(batch, generators) }
  }

  /// Counts the samples that come before each position.
  public struct Positions: IteratorProtocol {
    private var base: Base.Positions
    private let order: SampleOrder
    private var key: ShuffleKey?
    private var step = 0
    /// The offsets of the positions; nil for one after the other.
    private var ranges: BatchRanges?

    init(base: Base.Positions, order: SampleOrder, ranges: BatchRanges?) {
      self.base = base
      self.order = order
      self.ranges = ranges
    }

    public mutating func next() -> SteppedPosition<Base.Position>? {
      let key = key ?? order.augmentationKey
      self.key = key
      guard let samples = base.next() else { return nil }
      if let places = ranges?.next() { step = places.lowerBound }
      defer { step += samples.sampleCount }
      return SteppedPosition(samples: samples, key: key, steps: BatchIndices(step..<step + samples.sampleCount))
    }
  }
}

extension RandomMappedSource: InOrderSource where Base: InOrderSource {}

extension RandomMappedSource: Sendable where Base: Sendable {}

/// A position, and where its samples come in the iteration.
public struct SteppedPosition<Samples: BatchPosition>: BatchPosition {
  /// Which samples are in the batch.
  public let samples: Samples
  let key: ShuffleKey
  /// How many samples of the iteration come before each sample.
  let steps: BatchIndices

  public var sampleCount: Int { samples.sampleCount }

  public var sampleIndices: Samples.SampleIndices { samples.sampleIndices }

  public var rowCount: Int { samples.rowCount }

  public func selecting(_ places: [Int]) -> SteppedPosition {
    SteppedPosition(samples: samples.selecting(places), key: key, steps: steps.selecting(places))
  }

  public func trimmed(to count: Int) -> SteppedPosition {
    SteppedPosition(samples: samples.trimmed(to: count), key: key, steps: steps.trimmed(to: count))
  }

  public func sampleIndices(at place: Int) -> [Int] { samples.sampleIndices(at: place) }

  public var sampleKeys: SampleKeys { samples.sampleKeys }
}

/// A random number generator for each sample of a batch: `generators[i]` for sample i.
///
/// Each is a function of the seed and the epoch of the shuffle, the index of the sample, and how many samples of the
/// iteration come before it; so the numbers do not depend on the batch size or on workers, and differ between epochs
/// and between passes. In order, the seed is 0; under NumPy's generator it is what that would draw next, without
/// drawing it.
public final class SampleGenerators {
  private let key: ShuffleKey
  private let steps: BatchIndices
  private let sampleIndices: (Int) -> [Int]

  init(key: ShuffleKey, steps: BatchIndices, sampleIndices: @escaping (Int) -> [Int]) {
    self.key = key
    self.steps = steps
    self.sampleIndices = sampleIndices
  }

  /// The number of samples.
  public var count: Int { steps.count }

  /// The generator of the sample at a place of the batch, at its start. Rows of padding behind the samples have that of
  /// the last sample, of which they are copies.
  public subscript(place: Int) -> SeededGenerator {
    guard !steps.isEmpty else { return SeededGenerator(seed: sampleSeed(key, sampleIndices: [], step: 0)) }
    let place = min(place, steps.count - 1)
    return SeededGenerator(seed: sampleSeed(key, sampleIndices: sampleIndices(place), step: steps[place]))
  }
}

extension SampleOrder {
  fileprivate var augmentationKey: ShuffleKey {
    switch self {
    case .inOrder: ShuffleKey(seed: 0)
    case .shuffled(let key): key
    case .numPy(let state): ShuffleKey(seed: state.copy().next())
    }
  }
}

extension BatchSource {
  /// The same source with each batch changed by `transform`, which is given a random number generator for each sample
  /// before the parts of the batch: random augmentation that comes out the same for any batch size and any number of
  /// workers.
  ///
  /// The closure may run on worker threads, for several batches at once.
  public func map<each Part, Result>(
    random transform: @escaping @Sendable (SampleGenerators, repeat each Part) throws(Failure) -> Result
  ) -> RandomMappedSource<Self, Result> where Batch == (repeat each Part) {
    RandomMappedSource(base: self) { batch, generators throws(Failure) in
      let parts: (repeat each Part) = batch
      return try transform(generators, repeat each parts)
    }
  }
}
