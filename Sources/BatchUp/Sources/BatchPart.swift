/// What the batches of a source that makes its own are made of: rows, one for each sample.
///
/// Arrays conform. A source counts the samples of such a batch, and trims it where it stands beside a shorter one.
public protocol BatchPart: SendableMetatype {
  /// The number of samples.
  var sampleCount: Int { get }

  /// Neighbouring samples.
  subscript(rows range: Range<Int>) -> Self { get }
}

extension NDArray: BatchPart {}

extension Array: BatchPart {
  /// Neighbouring elements.
  public subscript(rows range: Range<Int>) -> [Element] { Array(self[range]) }
}

/// How to count and to trim batches that are a tuple of parts.
struct BatchShape<Batch>: Sendable {
  let sampleCount: @Sendable (Batch) -> Int
  let trimmed: @Sendable (Batch, _ count: Int) -> Batch

  init<each Part: BatchPart>() where Batch == (repeat each Part) {
    sampleCount = { batch in
      var count: Int?
      for part in repeat each batch {
        precondition(
          count == nil || count == part.sampleCount,
          "a part of a batch has \(part.sampleCount) samples, but the first one \(count ?? 0)")
        count = part.sampleCount
      }
      return count ?? 0
    }
    trimmed = { batch, count in (repeat (each batch)[rows: 0..<count]) }
  }
}

/// Batches that somebody else makes, one after the other.
public struct ForeignBatchIterator<Batch, Failure: Error>: BatchIteratorProtocol {
  private let next: () throws(Failure) -> Batch?
  private let shape: BatchShape<Batch>
  private var batch: Batch?
  private var hasEnded = false

  init(shape: BatchShape<Batch>, next: @escaping () throws(Failure) -> Batch?) {
    self.next = next
    self.shape = shape
  }

  public mutating func advance() throws(Failure) -> Int? {
    batch = nil
    if hasEnded { return nil }
    batch = try next()
    hasEnded = batch == nil
    return batch.map(shape.sampleCount)
  }

  public mutating func makeBatch(ofFirst count: Int) throws(Failure) -> Batch {
    guard let batch else { preconditionFailure("no batch to make: advance() comes first, and once for each") }
    self.batch = nil
    return shape.sampleCount(batch) == count ? batch : shape.trimmed(batch, count)
  }
}
