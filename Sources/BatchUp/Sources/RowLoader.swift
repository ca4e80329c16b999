import BatchUpSystem

/// Loads samples that are rows of one shape, each of which can be made apart from the others.
///
/// ```swift
/// struct Recordings: RowLoader {
///   typealias Failure = RecordingError
///   let paths: [String]
///   var sampleCount: Int { paths.count }
///   var rowShape: [Int] { [16_000] }
///   func load(_ index: Int, into row: UnsafeMutableBufferPointer<Float>) throws(RecordingError) { … }
/// }
/// ```
///
/// Several workers can then make one batch together, and a sample that cannot be loaded is found without loading the
/// others again.
public protocol RowLoader<Scalar, Failure>: SampleLoader where Batch == NDArray<Scalar> {
  /// The type of an element.
  associatedtype Scalar: BitwiseCopyable & Sendable

  /// The shape of one sample.
  var rowShape: [Int] { get }

  /// Writes the sample at `index` to `row`, which is not initialized. Called from several threads at once.
  func load(_ index: Int, into row: UnsafeMutableBufferPointer<Scalar>) throws(Failure)

  /// Writes the samples at `indices` to `rows`, one behind the other, and reports those that fail by their places in
  /// `indices`. By default by `load(_:into:)`; for loaders that share a decoder among samples.
  func loadRows(
    at indices: BatchIndices, into rows: UnsafeMutableBufferPointer<Scalar>,
    reporting report: (_ place: Int, Failure) -> Void)
}

extension RowLoader {
  public func loadRows(
    at indices: BatchIndices, into rows: UnsafeMutableBufferPointer<Scalar>,
    reporting report: (_ place: Int, Failure) -> Void
  ) {
    let length = rows.count / max(indices.count, 1)
    for (place, index) in indices.enumerated() {
      let row = UnsafeMutableBufferPointer(rebasing: rows[place * length..<(place + 1) * length])
      do throws(Failure) { try load(index, into: row) } catch { report(place, error) }
    }
  }

  /// The samples at `indices`, in their order.
  ///
  /// - Throws: The error of the first sample, in the order of `indices`, that cannot be loaded.
  public func batch(at indices: BatchIndices) throws(Failure) -> NDArray<Scalar> {
    try batch(at: indices, in: BatchContext())
  }

  public func batch(at indices: BatchIndices, in context: BatchContext) throws(Failure) -> NDArray<Scalar> {
    for index in indices {
      precondition(index >= 0 && index < sampleCount, "sample index \(index) is outside 0..<\(sampleCount)")
    }
    let batch = NDArray<Scalar>(uninitializedShape: [indices.count] + rowShape, recycler: context.memory)
    let (start, length) = (batch.start, batch.rowLength)
    let failed = Guarded<[Int: Failure]>([:])
    context.makeRows(indices.count, rowByteCount: length * MemoryLayout<Scalar>.stride) { places in
      let rows = UnsafeMutableBufferPointer(start: start + places.lowerBound * length, count: places.count * length)
      loadRows(at: indices.part(places), into: rows) { place, error in
        failed.withLock { $0[places.lowerBound + place] = error }
      }
    }
    return try withExtendedLifetime(batch) { () throws(Failure) in
      let failed = failed.withLock { $0 }
      guard let first = failed.min(by: { $0.key < $1.key }) else { return batch }
      context.failures?.note(failed.mapValues { $0 })
      throw first.value
    }
  }
}
