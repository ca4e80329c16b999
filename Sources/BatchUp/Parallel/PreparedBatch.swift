/// What a worker hands over to the consumer.
struct PreparedBatch<Batch> {
  /// Nil where the batch is left out.
  let batch: Batch?
  let sampleCount: Int
  /// What was skipped or replaced.
  var failures: [BatchFailure] = []
  /// What tells the samples apart, where they are accounted for.
  var keys: SampleKeys?

  var isLeftOut: Bool { if case nil = batch { true } else { false } }
}

extension RandomAccessSource {
  /// The batch of the samples at `position`, or what `policy` makes of it where it cannot be loaded.
  ///
  /// Only then are its samples tried one by one, to find those that cannot be. Where each of them can, all are tried
  /// together once more.
  func prepare(
    at position: Position, number: Int, policy: FailurePolicy, recycler: StorageRecycler, isAccounted: Bool
  ) throws(BatchFailure) -> PreparedBatch<Batch> {
    do {
      return PreparedBatch(
        batch: try batch(at: position, recycling: recycler), sampleCount: position.sampleCount,
        keys: isAccounted ? position.sampleKeys : nil)
    } catch {
      let failures = failures(at: position, number: number)
      let first = failures.first?.failure ?? BatchFailure(batch: number, cause: .thrown(error))
      if policy == .stop { throw first }
      if failures.isEmpty, policy == .skipBatch { return PreparedBatch(batch: nil, sampleCount: 0, failures: [first]) }
      return prepare(
        at: position, number: number, without: failures, policy: policy, recycler: recycler, isAccounted: isAccounted)
    }
  }

  private typealias PlacedFailure = (place: Int, failure: BatchFailure)

  private func failures(at position: Position, number: Int) -> [PlacedFailure] {
    (0..<position.sampleCount).compactMap { place in
      do {
        _ = try batch(at: position.picking([place]))
        return nil
      } catch {
        return (
          place,
          BatchFailure(batch: number, sampleIndices: position.sampleIndices(at: place), cause: .thrown(error))
        )
      }
    }
  }

  private func prepare(
    at position: Position, number: Int, without failures: [PlacedFailure], policy: FailurePolicy,
    recycler: StorageRecycler, isAccounted: Bool
  ) -> PreparedBatch<Batch> {
    let failed = Set(failures.map(\.place))
    let places = 0..<position.sampleCount
    let chosen: [Int] =
      switch policy {
      case .stop, .skipBatch: []
      case .skipSample: places.filter { !failed.contains($0) }
      case .replace:
        places.compactMap { place in
          places.lazy.map { (place + $0) % places.count }.first { !failed.contains($0) }
        }
      }
    var prepared = PreparedBatch<Batch>(batch: nil, sampleCount: 0, failures: failures.map(\.failure))
    guard !chosen.isEmpty else { return prepared }
    do {
      let picked = position.picking(chosen)
      let batch = try batch(at: picked, recycling: recycler)
      prepared = PreparedBatch(
        batch: batch, sampleCount: chosen.count, failures: prepared.failures,
        keys: isAccounted ? picked.sampleKeys : nil)
    } catch {
      prepared.failures.append(BatchFailure(batch: number, cause: .thrown(error)))
    }
    return prepared
  }
}
