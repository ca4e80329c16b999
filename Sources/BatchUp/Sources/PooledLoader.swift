import BatchUpSystem

/// Loaders that no two threads may use at once, made as they are needed: one for each thread that loads at the same
/// time.
///
/// For loaders that keep a file position, a decoder or a connection. Samples are loaded by whichever loader is free, so
/// all of them must have the same samples.
public final class PooledLoader<Loader: SampleLoader>: SampleLoader, @unchecked Sendable {
  public let sampleCount: Int
  public let hasSampleAxis: Bool
  public let fingerprint: Fingerprint
  private let makeLoader: @Sendable () throws -> Loader
  // Guarded by the monitor; a loader that is not in it is used by one thread.
  private let monitor = Monitor()
  private var idle: [Loader]

  /// Makes the first loader now, and others when they are needed.
  public init(making makeLoader: @escaping @Sendable () throws -> Loader) throws {
    self.makeLoader = makeLoader
    let first = try makeLoader()
    sampleCount = first.sampleCount
    hasSampleAxis = first.hasSampleAxis
    fingerprint = first.fingerprint
    idle = [first]
  }

  public static func sampleCount(of batch: Loader.Batch) -> Int? { Loader.sampleCount(of: batch) }

  public func batch(at indices: BatchIndices) throws -> Loader.Batch {
    try batch(at: indices, in: BatchContext())
  }

  public func batch(at indices: BatchIndices, in context: BatchContext) throws -> Loader.Batch {
    let loader = try monitor.withLock { idle.popLast() } ?? makeLoader()
    defer { monitor.withLock { idle.append(loader) } }
    return try loader.batch(at: indices, in: context)
  }
}

extension ArraySource where Failure == any Error {
  /// Samples from loaders that `makeLoader` makes, one for each thread that loads at the same time, beside those of
  /// other arrays and loaders.
  public init<Loader: SampleLoader, each A: SampleLoader & Sendable>(
    makingLoader makeLoader: @escaping @Sendable () throws -> Loader, _ others: repeat each A, repeats: Repetition = 1
  ) throws where Batch == (Loader.Batch, repeat (each A).Batch), S == StandardSampler {
    try self.init(loading: PooledLoader(making: makeLoader), repeat each others, repeats: repeats)
  }
}
