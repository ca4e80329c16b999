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

  init<Position: BatchPosition>(
    _ outcome: Result<Batch, Failure>?, of samples: Position, at position: Position, isAccounted: Bool
  ) {
    self.outcome = outcome
    drawnCount = position.sampleCount
    sampleCount = samples.sampleCount
    rowCount = samples.rowCount
    if isAccounted, case .success? = outcome { keys = samples.sampleKeys }
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
    var rest = RemainingSamples(of: position, in: number)
    while true {
      context.failures = RowFailures()
      var outcome: Result<Batch, BatchFailure>?
      do {
        outcome = .success(try batch(at: rest.samples, in: context))
      } catch {
        let failed = failedPlaces(of: rest.samples, context)
        let whole = BatchFailure(batch: number, cause: .thrown(error))
        if policy == .stop {
          outcome = .failure(rest.firstFailure(of: failed) ?? whole)
        } else if rest.exclude(failed, by: policy, orElse: whole) {
          continue
        }
      }
      var prepared = PreparedBatch(outcome, of: rest.samples, at: position, isAccounted: isAccounted)
      prepared.failures = rest.allFailures
      if case .success? = outcome { return prepared }
      if context.failures?.byPlace == nil { prepared.drawnCount = 0 }
      return prepared
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

/// The samples of one batch, without those that cannot be loaded or with what replaces them.
private struct RemainingSamples<Position: BatchPosition> {
  private let position: Position
  private let number: Int
  private(set) var samples: Position
  /// The places of the samples in the whole batch.
  private var places: [Int]
  /// By place in the whole batch.
  private var failures: [Int: BatchFailure] = [:]
  /// What no sample alone is to blame for.
  private var wholeFailure: BatchFailure?
  private var isRetry = false

  init(of position: Position, in number: Int) {
    self.position = position
    self.number = number
    samples = position
    places = Array(0..<position.sampleCount)
  }

  var allFailures: [BatchFailure] {
    failures.sorted { $0.key < $1.key }.map(\.value) + (wholeFailure.map { [$0] } ?? [])
  }

  func firstFailure(of failed: [Int: any Error]?) -> BatchFailure? {
    failed?.min { $0.key < $1.key }.map { failure(at: $0.key, $0.value) }
  }

  /// Goes on without the samples that have failed; false where nothing is left to be tried.
  mutating func exclude(_ failed: [Int: any Error]?, by policy: FailurePolicy, orElse whole: BatchFailure) -> Bool {
    for (place, error) in failed ?? [:] where failures[places[place]] == nil {
      failures[places[place]] = failure(at: place, error)
    }
    guard let failed, !failed.isEmpty || !(isRetry || policy == .skipBatch) else {
      wholeFailure = whole
      return false
    }
    // Where each sample can be loaded alone, all are tried together once more.
    isRetry = failed.isEmpty
    if isRetry { return true }
    places = policy.places(of: 0..<position.sampleCount, without: failures)
    if places.isEmpty { return false }
    samples = position.selecting(places)
    return true
  }

  private func failure(at place: Int, _ error: any Error) -> BatchFailure {
    BatchFailure(batch: number, sampleIndices: samples.sampleIndices(at: place), cause: .thrown(error))
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
