import BatchUp
import Foundation
import Synchronization
import Testing

/// That every source goes on exactly is tested by `checkSource`; here is the rest.
@Suite struct IterationStateTests {
  private func state<Source: BatchSource>(
    _ batches: Batches<Source>, behind count: Int = 2
  ) throws -> IterationState {
    var iterator = batches.makeIterator()
    for _ in 0..<count { _ = try iterator.nextBatch() }
    return iterator.state
  }

  @Test func randomOrdersGoOn() throws {
    let source = try numbers(0..<20)
    var iterator = source.batches(of: 3, shuffle: .random).makeIterator()
    for _ in 0..<3 { _ = iterator.nextBatch() }
    let state = iterator.state
    let rest = IteratorSequence(iterator).map(\.scalars)
    #expect(try source.batches(of: 3, shuffle: .random, resuming: state).map(\.scalars) == rest)
  }

  private func edited(_ state: IterationState, batchCount: Int) throws -> IterationState {
    let text = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
    let place = batchCount.multipliedReportingOverflow(by: 3)
    let edited = text.replacing(/"batchCount":\d+/, with: "\"batchCount\":\(batchCount)")
      .replacing(/"place":\d+/, with: "\"place\":\(place.overflow ? .max : place.partialValue)")
    return try JSONDecoder().decode(IterationState.self, from: Data(edited.utf8))
  }

  /// A choice is not entered at any place, so that all batches before are passed over.
  @Test func statesBehindMoreBatchesThanCanBePassedOver() async throws {
    let endless = ChoiceSource([try numbers(0..<20, repeats: .forever)]).batches(of: 3)
    for count in [1 << 31, 1 << 40] {
      let state = try edited(state(endless), batchCount: count)
      #expect(throws: IterationStateError.tooManyBatches(limit: 1 << 30, found: count)) { try endless.resuming(state) }
    }
    let resumed = try endless.resuming(edited(state(endless), batchCount: 1 << 30))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      var iterator = resumed.makeIterator()
      let batch = iterator.nextBatch()
      var prefetched = resumed.prefetched(by: WorkerPool(workerCount: 1)).makeIterator()
      return batch == nil && prefetched.nextBatch() == nil && iterator.state.batchCount == 1 << 30
    }
    #expect(await task.value)
    // Others are entered at once, wherever that is.
    let seekable = try numbers(0..<20, repeats: .forever).batches(of: 3)
    for count in [1 << 31, 1 << 40] {
      var iterator = try seekable.resuming(edited(state(seekable), batchCount: count)).makeIterator()
      #expect(iterator.nextBatch() != nil)
    }
    for count in [.max, 1 << 53] {
      #expect(throws: DecodingError.self) { try edited(state(seekable), batchCount: count) }
    }
  }

  /// States as they are, and with one number changed at a time.
  @Test func countsThatContradictEachOther() throws {
    func edited(_ state: IterationState, _ field: String, _ value: Int) throws -> IterationState {
      let text = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
        .replacing(try Regex("\"\(field)\":\\d+"), with: "\"\(field)\":\(value)")
      return try JSONDecoder().decode(IterationState.self, from: Data(text.utf8))
    }
    func expect(_ batches: Batches<some BatchSource>, _ field: String, _ values: [Int]) throws {
      let state = try state(batches)
      _ = try batches.resuming(state)
      for value in values {
        let edited = try edited(state, field, value)
        #expect(
          throws: IterationStateError.impossibleCounts(
            batchCount: edited.batchCount, place: field == "place" ? value : 6,
            sampleCount: field == "sampleCount" ? value : 6), "\(field) \(value)"
        ) { try batches.resuming(edited) }
      }
    }
    let array = try numbers(0..<20).batches(of: 3)
    try expect(array, "place", [0, 1, 5, 23, 1 << 40])
    try expect(array, "batchCount", [0, 7, 1 << 40])
    try expect(array, "sampleCount", [7, 1 << 40])
    let choice = ChoiceSource([try numbers(0..<20)]).batches(of: 3)
    try expect(choice, "place", [0, 5, 7, 1 << 40])
    try expect(choice, "batchCount", [0, 1, 3, 1 << 30])
  }

  @Test func passingOverIsReported() throws {
    let choice = ChoiceSource([try numbers(0..<20, repeats: .forever)]).batches(of: 3)
    let observer = RecordingObserver()
    var iterator = try choice.resuming(state(choice, behind: 2_000), progress: observer).makeIterator()
    #expect(iterator.nextBatch() != nil)
    #expect(observer.states.withLock { $0.map(\.completedCount) } == [0, 1_024, 2_000, 2_000])
    let last = observer.states.withLock { $0.last }
    #expect(last == ProgressState(completedCount: 2_000, totalCount: 2_000, phase: .finished))
  }

  private final class RecordingObserver: ProgressObserver, Sendable {
    let states = Mutex<[ProgressState]>([])

    func progressChanged(to state: ProgressState) { states.withLock { $0.append(state) } }
  }

  @Test func withoutAStateFromTheBeginning() throws {
    let source = try numbers(0..<20)
    #expect(try source.batches(of: 3, resuming: nil).map(\.scalars) == source.batches(of: 3).map(\.scalars))
    let shuffled = try source.batches(of: 3, shuffle: .seed(1), resuming: nil)
    #expect(shuffled.map(\.scalars) == source.batches(of: 3, shuffle: .seed(1)).map(\.scalars))
  }

  /// The limit is that of the whole iteration, wherever it was stopped, and the counts are of what is left.
  @Test func prefixes() throws {
    let source = try numbers(0..<20, repeats: .forever)
    for limit in 0...6 {
      let batches = source.batches(of: 7, shuffle: .seed(1)).prefix(limit)
      for stop in 0...limit {
        let rest = try batches.resuming(state(batches, behind: stop))
        #expect(rest.map(\.scalars) == Array(batches.map(\.scalars).dropFirst(stop)))
        #expect(rest.sampleCount == .finite(7 * (limit - stop)))
        let later = try source.batches(of: 7, shuffle: .seed(1), resuming: state(batches, behind: stop)).prefix(limit)
        #expect(later.map(\.scalars) == rest.map(\.scalars))
      }
    }
  }

  /// All go on from the state of one of them, and together have the digest of a run that was not stopped.
  @Test func ranksBecomeMoreOrFewer() throws {
    let source = try numbers(0..<50)
    func part(_ rank: Int, of rankCount: Int) -> Batches<
      ShardedSource<ArraySource<NDArray<Int>, StandardSampler, Never>>
    > {
      source.sharded(rank: rank, of: rankCount, end: .uneven).batches(of: 7, shuffle: .seed(3)).accounted()
    }
    func digest(_ batches: Batches<ShardedSource<ArraySource<NDArray<Int>, StandardSampler, Never>>>) -> SampleDigest? {
      var iterator = batches.makeIterator()
      while iterator.nextBatch() != nil {}
      return iterator.digest
    }
    let whole = digest(part(0, of: 1))
    for (before, after) in [(1, 1), (1, 3), (2, 2), (3, 1), (3, 4), (4, 2)] {
      for stop in 0...8 {
        let states = try (0..<before).map { try state(part($0, of: before), behind: stop) }
        var sum = SampleDigest()
        for rank in 0..<after {
          var start = states[rank % before]
          start.digest = rank == 0 ? states.compactMap(\.digest).reduce(SampleDigest(), +) : SampleDigest()
          sum += try digest(part(rank, of: after).resuming(start)) ?? SampleDigest()
        }
        #expect(sum == whole)
      }
    }
  }

  /// The draws behind a stop are by the weights of then, and a rank's are its part of them.
  @Test func weightsThatChange() throws {
    let sampler = try DynamicWeightedSampler(weights: [1, 2, 3, 0, 5] as [Double])
    let source = try ArraySource(NDArray(Array(0..<5)), sampler: sampler)
    let batches = source.batches(of: 4, shuffle: .seed(1)).prefix(8)
    var iterator = batches.makeIterator()
    for _ in 0..<3 { _ = iterator.nextBatch() }
    try sampler.update(3, to: 50)
    let state = iterator.state
    let rest = IteratorSequence(iterator).map(\.scalars)
    #expect(rest.count == 5 && rest.joined().count { $0 == 3 } > 8)
    #expect(try batches.resuming(state).map(\.scalars) == rest)
    let parts = try (0..<3).map { rank in
      try source.sharded(rank: rank, of: 3, end: .uneven).batches(of: 4, shuffle: .seed(1)).prefix(8).resuming(state)
        .map(\.scalars)
    }
    #expect((0..<5).map { step in parts.flatMap { $0[step] } } == rest)
  }

  @Test func quotasOfOthers() throws {
    let labels = [0, 0, 1, 1, 2, 2]
    func batches(_ quotas: ClassQuotas) throws -> Batches<ArraySource<NDArray<Int>, ClassQuotaSampler, Never>> {
      let sampler = try ClassQuotaSampler(labels: labels, quotas: quotas)
      return try ArraySource(NDArray(Array(0..<6)), sampler: sampler).batches(of: 6, shuffle: .seed(1)).prefix(5)
    }
    let state = try state(batches(.classesTimesSamples(classes: 2, samples: 3)))
    #expect(try batches(.classesTimesSamples(classes: 2, samples: 3)).resuming(state).map(\.scalars).count == 3)
    #expect(throws: IterationStateError.self) {
      try batches(.classesTimesSamples(classes: 3, samples: 2)).resuming(state)
    }
    #expect(throws: IterationStateError.self) { try batches(.stratified(atLeast: 1)).resuming(state) }
  }

  /// Each way in which a state can be that of something else.
  @Test func refused() throws {
    let array = NDArray(Array(0..<20))
    let source = try ArraySource(array)
    let seeded = try state(source.batches(of: 3, shuffle: .seed(1)))
    func refusal<Source: BatchSource>(_ batches: Batches<Source>, _ state: IterationState) -> IterationStateError? {
      do throws(IterationStateError) {
        _ = try batches.resuming(state)
        return nil
      } catch { return error }
    }
    #expect(refusal(source.batches(of: 3, shuffle: .seed(1)), seeded) == nil)
    #expect(refusal(source.batches(of: 4, shuffle: .seed(1), remainder: .drop), seeded) == nil)
    let shorter = try ArraySource(NDArray(Array(0..<19))).batches(of: 3, shuffle: .seed(1))
    #expect(refusal(shorter, seeded) == .otherSampleCount(expected: 19, found: 20))
    let endless = try ArraySource(array, repeats: .forever).batches(of: 3, shuffle: .seed(1))
    #expect(refusal(endless, seeded) == .otherSampleCount(expected: nil, found: 20))
    let wider = NDArray(Array(0..<40), shape: [20, 2])
    #expect(try refusal(ArraySource(wider).batches(of: 3, shuffle: .seed(1)), seeded) == .otherData)
    let narrower = array.map { Int32($0) }
    #expect(try refusal(ArraySource(narrower).batches(of: 3, shuffle: .seed(1)), seeded) == .otherData)
    let turned = try ArraySource(array, indices: (0..<20).reversed()).batches(of: 3, shuffle: .seed(1))
    #expect(refusal(turned, seeded) == .otherData)
    for shuffle: Shuffle in [.seed(2), .seed(1, epoch: 1), .seed(1, memory: .constant), .numPy(.init(seed: 1))] {
      guard case .otherOrder = refusal(source.batches(of: 3, shuffle: shuffle), seeded) else {
        Issue.record("a state of another order is taken")
        continue
      }
    }
    let memories: [ShuffleMemory] = [
      .proportional, .constant, .blocks(of: 4, window: 2), .blocks(of: 2, window: 4), .blocks(of: 4, window: 3),
    ]
    for memory in memories {
      let state = try state(source.batches(of: 3, shuffle: .seed(1, memory: memory)))
      for other in memories {
        let found = refusal(source.batches(of: 3, shuffle: .seed(1, memory: other)), state)
        if case .otherOrder(let expected, let stated) = found {
          #expect(memory != other && expected != stated)
        } else {
          #expect(memory == other && found == nil)
        }
      }
    }
    guard case .otherOrder = refusal(source.batches(of: 3), seeded) else {
      Issue.record("a shuffled state is taken in order")
      return
    }
    let numPy = try state(source.batches(of: 3, shuffle: .numPy(.init(seed: 1))))
    let other = source.batches(of: 4, shuffle: .numPy(.init(seed: 1)))
    #expect(
      refusal(other, numPy)
        == .otherBatches(expectedSize: 4, expectedRemainder: .keep, foundSize: 3, foundRemainder: .keep))
  }

  @Test func otherWeightsAreOtherData() throws {
    func source(_ weights: [Double], replacing: Bool = true) throws -> ArraySource<NDArray<Int>, WeightedSampler, Never>
    {
      try ArraySource(NDArray([1, 2, 3]), sampler: WeightedSampler(weights: weights, replacing: replacing, count: 2))
    }
    let state = try state(source([1, 2, 3]).batches(of: 1, shuffle: .seed(1)), behind: 1)
    _ = try source([1, 2, 3]).batches(of: 1, shuffle: .seed(1), resuming: state)
    // Integers have a table of their own, and other draws.
    let integers = try ArraySource(
      NDArray([1, 2, 3]), sampler: WeightedSampler(weights: [1, 2, 3] as [UInt64], count: 2))
    for other in try [source([1, 3, 2]), source([1, 2, 3], replacing: false), integers] {
      #expect(throws: IterationStateError.otherData) {
        try other.batches(of: 1, shuffle: .seed(1), resuming: state)
      }
    }
  }

  /// Each number that cannot be, and each member left out.
  @Test func damaged() throws {
    let state = try state(numbers(0..<20).batches(of: 3, shuffle: .seed(1)))
    let data = try JSONEncoder().encode(state)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    func decoding(_ change: (inout [String: Any]) -> Void) throws -> IterationState {
      var changed = object
      change(&changed)
      return try JSONDecoder().decode(IterationState.self, from: JSONSerialization.data(withJSONObject: changed))
    }
    #expect(try decoding { _ in } == state)
    for key in object.keys where key != "totalCount" {
      #expect(throws: DecodingError.self) { try decoding { $0[key] = nil } }
      #expect(throws: DecodingError.self) { try decoding { $0[key] = "none" } }
    }
    for (key, value) in [
      ("version", 2), ("batchSize", 0), ("batchCount", -1), ("place", -1), ("sampleCount", -7), ("sampleCount", .max),
      ("batchCount", .max), ("place", .max),
    ] {
      #expect(throws: DecodingError.self) { try decoding { $0[key] = value } }
    }
    // Behind the last batch is the end.
    let last = try decoding {
      $0["place"] = 21
      $0["batchCount"] = 7
    }
    let rest = try numbers(0..<20).batches(of: 3, shuffle: .seed(1), resuming: last)
    #expect(Array(rest).isEmpty && rest.sampleCount == .finite(0))
  }

  /// A replay towards a place that the source does not have comes to its end.
  @Test func fartherThanTheSource() throws {
    let source = try ChoiceSource(members([4, 5]), selection: .stratified)
    var iterator = source.batches(of: 2).makeIterator()
    while iterator.nextBatch() != nil {}
    #expect(try Array(source.batches(of: 2, resuming: iterator.state)).isEmpty)
  }

  #if os(Linux)
    /// Indices only: opening, seeking to the middle, 10^6 indices; alone, and as one of many ranks.
    @Test func aTrillionSamples() throws {
      let count = 1_000_000_000_000
      let source = try ArraySource(Numbered(sampleCount: count))
      let shuffle = Shuffle.seed(1, memory: .constant)
      var iterator = source.batches(of: 1_000, shuffle: shuffle).makeIterator()
      let first = iterator.nextBatch() ?? []
      let data = try JSONEncoder().encode(iterator.state)
      var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      object["place"] = count / 2
      object["batchCount"] = count / 2_000
      let state = try JSONDecoder().decode(
        IterationState.self, from: JSONSerialization.data(withJSONObject: object))
      var drawn = Set<Int>(first)
      for batch in try source.batches(of: 1_000, shuffle: shuffle, resuming: state).prefix(count / 2_000 + 100) {
        drawn.formUnion(batch)
      }
      #expect(drawn.count == 101_000)
      let rank = source.sharded(rank: 12_345, of: 100_000, end: .drop)
      var parts: [Int] = []
      for part in try rank.batches(of: 6_400_000, shuffle: shuffle, resuming: state).prefix(count / 2_000 + 10) {
        parts += Array(part)
      }
      #expect(parts.count == 640)
    }

    /// Opening, seeking to the middle and drawing 10^6 indices takes less than 10 MiB of a process of its own.
    @Test func theMemoryOfATrillionSamples() async {
      await #expect(processExitsWith: .success) {
        let source = try ArraySource(Numbered(sampleCount: 1_000_000_000_000))
        let before = try residentByteCount()
        let count = try drawFromTheMiddle(of: source, batchSize: 1_000, batchCount: 1_000)
        #expect(count == 1_000_000)
        #expect(try residentByteCount() - before < 10 << 20)
      }
    }

    @Test func theMemoryOfOneOfManyRanks() async {
      await #expect(processExitsWith: .success) {
        let source = try ArraySource(Numbered(sampleCount: 1_000_000_000_000))
        let before = try residentByteCount()
        let rank = source.sharded(rank: 12_345, of: 100_000, end: .drop)
        let count = try drawFromTheMiddle(of: rank, batchSize: 1_000_000_000, batchCount: 100)
        #expect(count == 1_000_000)
        #expect(try residentByteCount() - before < 10 << 20)
      }
    }
  #endif
}

#if os(Linux)
  private func residentByteCount() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return try #require(Int(fields[1])) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// How many indices the batches behind the middle of 10^12 samples have.
  private func drawFromTheMiddle<Source: BatchSource>(
    of source: Source, batchSize: Int, batchCount: Int
  ) throws -> Int where Source.Batch == BatchIndices {
    let shuffle = Shuffle.seed(1, memory: .constant)
    let halves = try ArraySource(Numbered(sampleCount: 1_000_000_000_000))
      .sharded(rank: 0, of: 100_000_000_000, end: .drop).batches(of: 500_000_000_000, shuffle: shuffle)
    var iterator = halves.makeIterator()
    #expect(iterator.nextBatch()?.count == 5)
    var count = 0
    let batches = try source.batches(of: batchSize, shuffle: shuffle, resuming: iterator.state)
    var rest = batches.prefix(1 + batchCount).makeIterator()
    while let batch = try rest.nextBatch() { count += batch.count }
    return count
  }
#endif

/// The indices themselves.
private struct Numbered: SampleArray {
  let sampleCount: Int

  func batch(at indices: BatchIndices) -> BatchIndices { indices }
}
