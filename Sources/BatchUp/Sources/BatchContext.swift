import BatchUpSystem

/// What a thread has at hand while it makes a batch: memory to reuse, helpers, and what is known about the samples.
///
/// An iteration has one, which the threads that make its batches share. A loader that has no use for it implements
/// `batch(at:)` alone. One that asks another loader for the same samples in the same order passes it on; for other samples,
/// or where it recovers from the other's error, it passes a context of its own, since rows that fail are noted by place.
public struct BatchContext: Sendable {
  /// Memory of batches that have been dropped.
  @usableFromInline let memory: StorageRecycler
  /// Threads that can make rows of a batch; nil where there are none.
  let helpers: (any RowHelpers)?
  /// What will be read soon; nil where that is not known.
  package internal(set) var hint: ReadAheadHint?
  /// A generator for each sample of the batch, where a `map(random:)` surrounds it; nil otherwise.
  public internal(set) nonisolated(unsafe) var generators: SampleGenerators?  // Of a position, which does not change.
  /// Where to note which rows could not be made; nil where that makes no difference.
  var failures: RowFailures?

  /// Creates a context with memory of its own, which is empty.
  public init() { self.init(memory: StorageRecycler()) }

  init(memory: StorageRecycler, helpers: (any RowHelpers)? = nil) {
    self.memory = memory
    self.helpers = helpers
  }

  /// The number of times that new memory had to be allocated.
  public var allocationCount: Int { memory.allocationCount }

  /// The same context for a batch of which this is known.
  func with(_ hint: ReadAheadHint?) -> BatchContext {
    var context = self
    context.hint = hint
    return context
  }

  /// The same context for a part of a batch, whose rows have other places than in the batch.
  var forPart: BatchContext {
    var context = self
    (context.hint, context.failures, context.generators) = (nil, nil, nil)
    return context
  }

  /// Makes `count` rows by calling `makeRows` with ranges of them, on several threads where that is faster.
  func makeRows(_ count: Int, rowByteCount: Int, _ makeRows: (Range<Int>) -> Void) {
    guard let helpers, helpers.isWorthSharing(rowCount: count, rowByteCount: rowByteCount) else {
      return makeRows(0..<count)
    }
    withoutActuallyEscaping(makeRows) { makeRows in
      helpers.perform(RowWork(count: count, rowByteCount: rowByteCount, makeRows: makeRows))
    }
  }
}

extension BatchContext {
  /// Returns the result of `body`, whose time is noted where the context has a meter.
  @inlinable
  func measuring<Result, E: Error>(_ stage: Stage, _ body: () throws(E) -> Result) throws(E) -> Result {
    guard let meter = memory.meter else { return try body() }
    let begin = ContinuousClock.now
    defer { meter.note(stage, since: begin) }
    return try body()
  }
}

extension NDArray {
  /// An array whose memory, uninitialized, `body` fills whole.
  ///
  /// The memory comes from the context that a ``SampleLoader`` is given: then dropped batches are the memory of later
  /// ones.
  public init<E: Error>(
    unsafeUninitializedShape shape: [Int], in context: BatchContext,
    initializingWith body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> Void
  ) throws(E) {
    try self.init(unsafeUninitializedShape: shape, recycler: context.memory, initializingWith: body)
  }
}

/// Threads that make rows of one batch together.
protocol RowHelpers: AnyObject, Sendable {
  /// Whether a batch is large enough, and a thread is or may be idle.
  func isWorthSharing(rowCount: Int, rowByteCount: Int) -> Bool

  /// Makes all rows, and returns when they are done.
  func perform(_ work: RowWork)
}

/// The rows of one batch, which several threads make.
struct RowWork: @unchecked Sendable {  // `makeRows` may be called from several threads at once, for disjoint ranges.
  let count: Int
  let rowByteCount: Int
  let makeRows: (Range<Int>) -> Void
}

/// The rows of one batch that could not be made.
final class RowFailures: Sendable {
  private struct Noted {
    var rows: [Int: any Error] = [:]
    var isWhole = false
  }

  private let noted = Guarded(Noted())

  func note(_ rows: [Int: any Error]) { noted.withLock { $0.rows.merge(rows) { first, _ in first } } }

  /// Notes that no sample alone is to blame.
  func noteWhole() { noted.withLock { $0.isWhole = true } }

  /// What is noted, by place; empty where nothing is known, and nil where no sample alone is to blame.
  var byPlace: [Int: any Error]? { noted.withLock { $0.isWhole ? nil : $0.rows } }
}
