/// Where an iteration began, and all that its states have in common.
@usableFromInline
final class IterationOrigin {
  let order: SampleOrder
  let start: IterationCounts
  private let batchSize: Int
  private let remainder: Remainder
  private let totalCount: Int?
  /// Nil until the first batch is asked for: until then, NumPy's generator may be drawn from.
  private var recordedOrder: RecordedOrder?
  /// Worked out when it is first asked for, as that may take a look at all indices or weights.
  private lazy var fingerprint = makeFingerprint()
  private let makeFingerprint: () -> UInt64

  init<Source>(of batches: Batches<Source>) {
    let state = batches.resumption?.state
    let order = batches.shuffle?.makeOrder() ?? .inOrder
    self.order = state?.order.makeOrder(like: order) ?? order
    recordedOrder = state?.order
    start = state?.counts ?? IterationCounts(digest: batches.isAccounted ? SampleDigest() : nil)
    batchSize = batches.batchSize
    remainder = batches.remainder
    totalCount = batches.source.sampleCount.finiteCount
    makeFingerprint = { [source = batches.source] in source.fingerprint.word }
  }

  /// Called before the first batch is drawn from the order.
  @usableFromInline
  func begin() {
    if recordedOrder == nil { recordedOrder = RecordedOrder(order) }
  }

  /// The place at which the batch begins that comes behind `batchCount` others of this iteration.
  @usableFromInline
  func place(behind batchCount: Int) -> Int {
    let (distance, overflows) = (batchCount - start.batchCount).multipliedReportingOverflow(by: batchSize)
    let (place, isTooFar) = start.place.addingReportingOverflow(distance)
    return overflows || isTooFar ? .max : place
  }

  func state(_ counts: IterationCounts) -> IterationState {
    var counts = counts
    counts.place = place(behind: counts.batchCount)
    return IterationState(
      order: recordedOrder ?? RecordedOrder(order), fingerprint: fingerprint, totalCount: totalCount,
      batchSize: batchSize, remainder: remainder, counts: counts)
  }
}
