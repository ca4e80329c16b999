/// What a worker hands over to the consumer.
struct PreparedBatch<Batch, Failure: Error> {
  /// The batch, or why it could not be made; nil where it is left out.
  var outcome: Result<Batch, Failure>?
  /// The number of samples at the position, whether or not they could be loaded; 0 where that is not known.
  var drawnCount: Int
  var sampleCount: Int
  var rowCount: Int
  /// What was skipped or replaced.
  var failures: [BatchFailure] = []
  /// What tells the samples apart, where they are accounted for.
  var keys: SampleKeys?

  init<Position: BatchPosition>(_ outcome: Result<Batch, Failure>?, of samples: Position?, at position: Position) {
    self.outcome = outcome
    drawnCount = position.sampleCount
    sampleCount = samples?.sampleCount ?? 0
    rowCount = samples?.rowCount ?? 0
  }
}

extension BatchSource {
  /// Makes the batch at `position`, or what `policy` makes of it where samples cannot be loaded.
  ///
  /// Rows that are made apart say which of them failed. Otherwise the samples are tried one by one, to find those that
  /// cannot be loaded.
  func prepare(
    at position: Position, number: Int, policy: FailurePolicy, context: BatchContext, isAccounted: Bool
  ) -> PreparedBatch<Batch, BatchFailure> {
    var context = context
    var failures: [Int: BatchFailure] = [:]
    var (samples, places, isRetry) = (position, Array(0..<position.sampleCount), false)
    func leftOut(because failure: BatchFailure?) -> PreparedBatch<Batch, BatchFailure> {
      var prepared = PreparedBatch<Batch, BatchFailure>(nil, of: nil, at: position)
      prepared.failures = failures.sorted { $0.key < $1.key }.map(\.value) + (failure.map { [$0] } ?? [])
      if context.failures?.byPlace == nil { prepared.drawnCount = 0 }
      return prepared
    }
    while true {
      context.failures = RowFailures()
      do {
        let batch = try batch(at: samples, in: context)
        var prepared = PreparedBatch<Batch, BatchFailure>(.success(batch), of: samples, at: position)
        prepared.failures = failures.sorted { $0.key < $1.key }.map(\.value)
        if isAccounted { prepared.keys = samples.sampleKeys }
        return prepared
      } catch {
        let failed = failedPlaces(of: samples, context)
        let whole = BatchFailure(batch: number, cause: .thrown(error))
        func failure(_ place: Int, _ error: any Error) -> BatchFailure {
          BatchFailure(batch: number, sampleIndices: samples.sampleIndices(at: place), cause: .thrown(error))
        }
        if policy == .stop {
          let first = failed?.min { $0.key < $1.key }.map { failure($0.key, $0.value) }
          var prepared = PreparedBatch<Batch, BatchFailure>(.failure(first ?? whole), of: samples, at: position)
          if context.failures?.byPlace == nil { prepared.drawnCount = 0 }
          return prepared
        }
        for (place, error) in failed ?? [:] where failures[places[place]] == nil {
          failures[places[place]] = failure(place, error)
        }
        guard let failed, !(failed.isEmpty && (isRetry || policy == .skipBatch)) else { return leftOut(because: whole) }
        // Where each sample can be loaded alone, all are tried together once more.
        isRetry = failed.isEmpty
        if isRetry { continue }
        places = policy.places(of: 0..<position.sampleCount, without: failures)
        if places.isEmpty { return leftOut(because: nil) }
        samples = position.selecting(places)
      }
    }
  }

  /// The places whose samples cannot be loaded; nil where no sample alone is to blame.
  private func failedPlaces(of samples: Position, _ context: BatchContext) -> [Int: any Error]? {
    guard let noted = context.failures?.byPlace else { return nil }
    if samples.sampleCount == 0 { return [:] }  // Only rows of padding can fail.
    if !noted.isEmpty {
      // Rows behind the samples are copies of the last one.
      let last = samples.sampleCount - 1
      return Dictionary(noted.map { (min($0.key, last), $0.value) }) { first, _ in first }
    }
    var failed: [Int: any Error] = [:]
    for place in 0..<samples.sampleCount {
      var context = BatchContext()
      context.failures = RowFailures()
      do { _ = try batch(at: samples.selecting([place]), in: context) } catch {
        if context.failures?.byPlace == nil { return nil }
        failed[place] = error
      }
    }
    return failed
  }
}

extension FailurePolicy {
  /// The places of the samples that make up the batch instead.
  fileprivate func places(of all: Range<Int>, without failed: [Int: BatchFailure]) -> [Int] {
    switch self {
    case .stop, .skipBatch: []
    case .skipSample: all.filter { failed[$0] == nil }
    case .replace:
      all.compactMap { place in all.lazy.map { (place + $0) % all.count }.first { failed[$0] == nil } }
    }
  }
}
