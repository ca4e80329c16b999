import BatchUp
import Synchronization
import TestSupport
import Testing

/// Some samples cannot be loaded.
private struct Damaged: SampleLoader {
  struct Unreadable: Error { let index: Int }
  var sampleCount = 40
  let isDamaged: @Sendable (Int) -> Bool

  func batch(at indices: BatchIndices) throws(Unreadable) -> [Int] {
    for index in indices where isDamaged(index) { throw Unreadable(index: index) }
    return Array(indices)
  }
}

/// Loads batches, but not some of them whole.
private struct Choosy: SampleLoader {
  struct Refused: Error {}
  let sampleCount = 12

  func batch(at indices: BatchIndices) throws(Refused) -> [Int] {
    if indices.count > 1, indices.contains(5) { throw Refused() }
    return Array(indices)
  }
}

/// Refuses several samples at once, the first time.
private final class Moody: SampleLoader, Sendable {
  struct Refused: Error {}
  let sampleCount = 12
  private let hasRefused = Atomic<Bool>(false)

  func batch(at indices: BatchIndices) throws(Refused) -> [Int] {
    if indices.count > 1, !hasRefused.exchange(true, ordering: .relaxed) { throw Refused() }
    return Array(indices)
  }
}

@Suite struct DeliveryFailureTests {
  @Test(arguments: [0, 1, 2, 8])
  func anErrorComesAtItsOwnBatchAndNamesTheSample(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    for damaged in [Set<Int>(), [0], [39], [7, 8, 9], [3, 17, 30, 31], Set(0..<40)] {
      let source = try ArraySource(loading: Damaged { damaged.contains($0) })
      for batchSize in 1...7 {
        let batches = source.batches(of: batchSize, shuffle: .seed(5))
        let expected = try ArraySource(NDArray(Array(0..<40))).batches(of: batchSize, shuffle: .seed(5)).map(\.scalars)
        var iterator = batches.prefetched(by: pool, buffering: 3).makeIterator()
        for (number, samples) in expected.enumerated() {
          if let first = samples.first(where: damaged.contains) {
            do {
              _ = try iterator.nextBatch()
              Issue.record("batch \(number) has no error")
            } catch {
              #expect(error.batch == number)
              #expect(error.sampleIndices == [first])
              #expect("\(error)".contains("batch \(number), sample \(first): "))
            }
          } else {
            #expect(try iterator.nextBatch() == samples)
          }
        }
        #expect(try iterator.nextBatch() == nil)
        #expect(try iterator.nextBatch() == nil)
      }
    }
  }

  @Test(arguments: [0, 1, 2, 8])
  func whatCannotBeLoadedIsSkippedOrReplaced(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    for damaged in [Set<Int>(), [0], [39], [7, 8, 9], [3, 17, 30, 31], Set(0..<20), Set(0..<40)] {
      let source = try ArraySource(loading: Damaged { damaged.contains($0) })
      for batchSize in 1...7 {
        let batches = source.batches(of: batchSize, shuffle: .seed(5))
        let whole = try ArraySource(NDArray(Array(0..<40))).batches(of: batchSize, shuffle: .seed(5)).map(\.scalars)
        for policy in [FailurePolicy.skipBatch, .skipSample, .replace] {
          let expected = whole.map { samples -> [Int] in
            let places = samples.indices
            switch policy {
            case .stop: return samples
            case .skipBatch: return samples.contains(where: damaged.contains) ? [] : samples
            case .skipSample: return samples.filter { !damaged.contains($0) }
            case .replace:
              return places.compactMap { place in
                places.map { samples[(place + $0) % places.count] }.first { !damaged.contains($0) }
              }
            }
          }.filter { !$0.isEmpty }
          var iterator = batches.prefetched(by: pool, buffering: 3, onFailure: policy).makeIterator()
          var found: [[Int]] = []
          while let batch = try iterator.nextBatch() {
            found.append(batch)
            #expect(iterator.lastSampleCount == batch.count)
          }
          #expect(found == expected)
          let skipped = iterator.skipped.flatMap(\.sampleIndices)
          #expect(skipped == whole.joined().filter(damaged.contains))
          #expect(iterator.statistics.skippedSampleCount == damaged.count)
          #expect(iterator.statistics.skippedBatchCount == whole.count - expected.count)
          #expect(iterator.statistics.sampleCount == expected.joined().count)
          #expect(iterator.statistics.batchCount == expected.count)
        }
      }
    }
  }

  @Test func noSampleAloneMayBeToBlame() throws {
    let pool = WorkerPool(workerCount: 2)
    let batches = try ArraySource(loading: Choosy()).batches(of: 4)
    var stopping = batches.prefetched(by: pool).makeIterator()
    #expect(try stopping.nextBatch() == [0, 1, 2, 3])
    do {
      _ = try stopping.nextBatch()
      Issue.record("no error")
    } catch {
      #expect(error.batch == 1 && error.sampleIndices.isEmpty)
    }
    #expect(try stopping.nextBatch() == [8, 9, 10, 11])
    for policy in [FailurePolicy.skipBatch, .skipSample, .replace] {
      var skipping = batches.prefetched(by: pool, onFailure: policy).makeIterator()
      #expect(try skipping.nextBatch() == [0, 1, 2, 3])
      #expect(try skipping.nextBatch() == [8, 9, 10, 11])
      #expect(try skipping.nextBatch() == nil)
      #expect(skipping.statistics.skippedBatchCount == 1)
      #expect(skipping.skipped.count == 1)
    }
  }

  @Test(arguments: [FailurePolicy.skipSample, .replace])
  func nothingIsLeftOutThatCanBeLoadedTheSecondTime(policy: FailurePolicy) throws {
    let pool = WorkerPool(workerCount: 1)
    var iterator = try ArraySource(loading: Moody()).batches(of: 4).prefetched(by: pool, onFailure: policy)
      .makeIterator()
    for first in [0, 4, 8] { #expect(try iterator.nextBatch() == Array(first..<first + 4)) }
    #expect(try iterator.nextBatch() == nil)
    #expect(iterator.skipped.isEmpty && iterator.statistics.skippedBatchCount == 0)
  }

  @Test func sourcesSideBySideNameTheSampleOfEach() throws {
    let pool = WorkerPool(workerCount: 2)
    let damaged = try ArraySource(loading: Damaged { $0 == 6 })
    let other = try ArraySource(NDArray(Array(0..<40)), indices: (0..<40).reversed())
    var iterator = zip(other, damaged).batches(of: 4).prefetched(by: pool).makeIterator()
    _ = try iterator.nextBatch()
    do {
      _ = try iterator.nextBatch()
      Issue.record("no error")
    } catch {
      #expect(error.sampleIndices == [33, 6])
    }
    #expect(try iterator.nextBatch()?.1 == [8, 9, 10, 11])
  }

  @Test func generatedSourcesFailInTurn() throws {
    struct Broken: Error {}
    let pool = WorkerPool(workerCount: 2)
    let source = GeneratedSource<[Int], Broken>(loading: { _, _ in
      let counter = ReleaseCounter()
      return { () throws(Broken) in
        counter.count()
        if counter.value == 3 { throw Broken() }
        return counter.value > 5 ? nil : [counter.value]
      }
    })
    var iterator = source.batches(of: 1).prefetched(by: pool, buffering: 2).makeIterator()
    #expect(try iterator.nextBatch() == [1])
    #expect(try iterator.nextBatch() == [2])
    let failure = #expect(throws: BatchFailure.self) { try iterator.nextBatch() }
    #expect(failure?.batch == 2 && failure?.sampleIndices == [])
    #expect(try iterator.nextBatch() == [4])
    #expect(try iterator.nextBatch() == [5])
    #expect(try iterator.nextBatch() == nil)
  }

  /// None of them comes in time, whether it was begun or not.
  @Test func lateBatchesAreGivenUp() async throws {
    struct Stuck: SampleLoader {
      let sampleCount = 6
      let gate: Gate
      func batch(at indices: BatchIndices) throws(CancellationError) -> [Int] {
        gate.pass()
        return Array(indices)
      }
    }
    let gate = Gate()
    let batches = try ArraySource(loading: Stuck(gate: gate)).batches(of: 2)
    let deadline = Duration.milliseconds(20)
    let pool = WorkerPool(workerCount: 4)
    var iterator = batches.prefetched(by: pool, deadline: deadline).makeIterator()
    var later = batches.prefetched(by: pool, deadline: deadline).async.makeAsyncIterator()
    for number in 0..<3 {
      for next in [{ try iterator.nextBatch() }, { try await later.next() }] as [() async throws -> [Int]?] {
        let error = await #expect(throws: BatchFailure.self) { try await next() }
        guard case .deadlineExceeded(deadline) = error?.cause else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(error?.batch == number)
      }
    }
    gate.open()
    pool.close()
  }
}
