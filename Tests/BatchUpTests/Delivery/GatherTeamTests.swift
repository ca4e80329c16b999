import TestSupport
import Testing

@testable import BatchUp

/// Batches that are large enough for several threads to gather them together.
@Suite(.namingCases) struct GatherTeamTests {
  private static let rowLength = 1_024
  private static let numbers = NDArray(
    (0..<600 * rowLength).map { Float($0) }, shape: [600, rowLength])
  private static let bytes = NDArray(
    (0..<600 * rowLength).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }, shape: [600, rowLength])

  /// The first size is too small to be shared; the others end in the middle of a part, at its end, and behind it.
  private static let batchSizes = [127, 128, 129, 160, 161, 500, 600]

  @Test(arguments: [1, 2, 3, 8])
  func theBatchesAreThoseOfOneThread(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    let source = try ArraySource(Self.numbers, RescaledBytes(Self.bytes, range: -1...1))
    withEvery("batchSize", in: Self.batchSizes) { batchSize in
      withEvery("buffering", in: [1, 2, 5]) { buffering in
        withEvery("batches", in: [source.batches(of: batchSize), source.batches(of: batchSize, shuffle: .seed(3))]) {
          batches in
          var alone = batches.makeIterator()
          for (x, y) in batches.prefetched(by: pool, buffering: buffering) {
            let expected = alone.next()
            #expect(x == expected?.0 && y == expected?.1, "\(batchSize) \(buffering)")
          }
          #expect(alone.next() == nil)
        }
      }
    }
  }

  /// Lists of 64-bit indices have kernels of their own.
  @Test func wideIndices() throws {
    let places = (0..<500).map { $0 * 7 % 600 }
    let wide = BatchIndices(.wide(NDArray(places.map { UInt64($0) })))
    let alone = Self.numbers.batch(at: wide)
    #expect(alone == Self.numbers.batch(at: BatchIndices(places)))
    let pool = WorkerPool(workerCount: 2)
    let team = GatherTeam(on: pool.queue, meter: StageMeter())
    team.noteIdleWorkers(2)
    let context = BatchContext(memory: StorageRecycler(limit: 4), helpers: team)
    for _ in 0..<20 { #expect(Self.numbers.batch(at: wide, in: context) == alone) }
    let rescaled = RescaledBytes(Self.bytes)
    #expect(rescaled.batch(at: wide, in: context) == rescaled.batch(at: BatchIndices(places)))
  }

  /// Until a worker was in time once: the thread that opens the batch may be done before.
  @Test func idleWorkersAreInvited() {
    let pool = WorkerPool(workerCount: 3)
    let team = GatherTeam(on: pool.queue, meter: StageMeter())
    let context = BatchContext(memory: StorageRecycler(limit: 4), helpers: team)
    let indices = BatchIndices((0..<600).map { $0 * 7 % 600 })
    let expected = Self.numbers.batch(at: indices)
    _ = Self.numbers.batch(at: indices, in: context)
    #expect(team.helpedPartCount == 0, "nobody is idle")
    team.noteIdleWorkers(3)
    for _ in 0..<10_000 where team.helpedPartCount == 0 {
      #expect(Self.numbers.batch(at: indices, in: context) == expected)
    }
    pool.close()  // so that the last one who has helped has counted its time, too
    #expect(team.helpedPartCount > 0 && team.helpTime > .zero)
    #expect(!team.isGathering)
  }

  /// A thread with a batch of its own helps with the one before, as long as none has been delivered.
  @Test func theFirstBatchIsMadeByAll() async {
    let indices = BatchIndices((0..<600).map { $0 * 7 % 600 })
    let expected = Self.numbers.batch(at: indices)
    func team(hasDelivered: Bool) async -> GatherTeam {
      let team = GatherTeam(on: JobQueue(), meter: StageMeter())
      if hasDelivered { team.noteDelivery() }
      for _ in 0..<(hasDelivered ? 20 : 1_000) where team.helpedPartCount == 0 {
        let gather: @Sendable () -> Bool = {
          Self.numbers.batch(at: indices, in: BatchContext(memory: StorageRecycler(limit: 4), helpers: team))
            == expected
        }
        async let other = onOwnThread(gather)
        let own = await onOwnThread(gather)
        let areSame = await other && own
        #expect(areSame)
      }
      return team
    }
    #expect(await team(hasDelivered: false).helpedPartCount > 0)
    #expect(await team(hasDelivered: true).helpedPartCount == 0)
  }

  @Test func aClosedPoolIsNoHindrance() throws {
    let pool = WorkerPool(workerCount: 2)
    let batches = try ArraySource(Self.numbers).batches(of: 400, shuffle: .seed(1))
    var prefetched = batches.prefetched(by: pool, buffering: 1).makeIterator()
    var alone = batches.makeIterator()
    #expect(prefetched.next() == alone.next())
    pool.close()
    while let batch = prefetched.next() { #expect(batch == alone.next()) }
    #expect(alone.next() == nil)
  }

  @Test func anIndexOutsideIsNamedByItsPositionInTheBatch() async {
    let end = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let array = NDArray<Float>(repeating: 0, shape: [1_000, 1_024])
      let team = GatherTeam(on: JobQueue(), meter: StageMeter())
      var places = (0..<900).map { $0 * 7 % 1_000 }
      places[801] = 1_000
      _ = array.batch(at: BatchIndices(places), in: BatchContext(memory: StorageRecycler(limit: 4), helpers: team))
    }
    #if DEBUG
      let text = String(decoding: end?.standardErrorContent ?? [], as: UTF8.self)
      #expect(text.contains("sample index 1000 at position 801 of a batch is outside 0..<1000"), "\(text)")
    #else
      _ = end
    #endif
  }
}
