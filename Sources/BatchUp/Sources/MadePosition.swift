/// What the batches of a source that makes its own consist of: rows, one for each sample.
///
/// Arrays conform. A source counts the samples of such a batch, and selects from them where it stands beside a shorter
/// one, is shared among ranks, or is padded.
public protocol BatchPart: SendableMetatype {
  /// The number of samples.
  var sampleCount: Int { get }

  /// Neighboring samples.
  subscript(rows range: Range<Int>) -> Self { get }

  /// The samples at these indices; the same may come several times.
  subscript(rows indices: [Int]) -> Self { get }
}

extension NDArray: BatchPart {
  public subscript(rows indices: [Int]) -> NDArray { batch(at: BatchIndices(indices)) }
}

extension Array: BatchPart {
  /// Neighboring elements.
  public subscript(rows range: Range<Int>) -> [Element] { Array(self[range]) }

  public subscript(rows indices: [Int]) -> [Element] { indices.map { self[$0] } }
}

/// How to count and to select the samples of batches that are a tuple of parts.
struct BatchShape<Batch>: Sendable {
  let sampleCount: @Sendable (Batch) -> Int
  let selecting: @Sendable (Batch, BatchIndices) -> Batch

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
    selecting = { batch, rows in
      if let range = rows.run { return (repeat (each batch)[rows: range]) }
      return (repeat (each batch)[rows: Array(rows)])
    }
  }
}

/// A position that holds its batch, made when the position was drawn, or why it could not be made.
///
/// The index of a sample is its offset in the iteration. A batch that failed counts as one of the batch size.
public struct MadePosition<Batch, Failure: Error>: BatchPosition {
  fileprivate let result: Result<Batch, Failure>
  fileprivate let shape: BatchShape<Batch>
  fileprivate let offset: Int
  /// The selected rows of the batch.
  fileprivate let rows: BatchIndices
  fileprivate let isWhole: Bool

  public var sampleCount: Int { rows.count }

  public func selecting(_ places: [Int]) -> MadePosition { with(rows.selecting(places)) }

  public func trimmed(to count: Int) -> MadePosition { with(rows.trimmed(to: count)) }

  private func with(_ rows: BatchIndices) -> MadePosition {
    MadePosition(result: result, shape: shape, offset: offset, rows: rows, isWhole: false)
  }

  public func sampleIndices(at place: Int) -> [Int] { [offset + rows[place]] }

  func batch(in context: BatchContext) throws(Failure) -> Batch {
    guard case .success(let batch) = result else {
      context.failures?.noteWhole()
      return try result.get()
    }
    return isWhole ? batch : shape.selecting(batch, rows)
  }
}

/// Draws batches that are made elsewhere, one after the other.
public struct MadePositions<Batch, Failure: Error>: IteratorProtocol {
  private let makeNext: () throws(Failure) -> Batch?
  private let shape: BatchShape<Batch>
  private let batchSize: Int
  private var offset = 0
  private var hasEnded = false

  init(shape: BatchShape<Batch>, batchSize: Int, next makeNext: @escaping () throws(Failure) -> Batch?) {
    self.makeNext = makeNext
    self.shape = shape
    self.batchSize = batchSize
  }

  public mutating func next() -> MadePosition<Batch, Failure>? {
    if hasEnded { return nil }
    let result: Result<Batch, Failure>
    do throws(Failure) {
      guard let batch = try makeNext() else {
        hasEnded = true
        return nil
      }
      result = .success(batch)
    } catch {
      result = .failure(error)
    }
    let count = (try? result.get()).map(shape.sampleCount) ?? batchSize
    defer { offset += count }
    return MadePosition(result: result, shape: shape, offset: offset, rows: BatchIndices(0..<count), isWhole: true)
  }
}
