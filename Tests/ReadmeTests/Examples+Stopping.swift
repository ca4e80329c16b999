import BatchUp
import Foundation
import Testing

@Suite struct StoppingExamples {
  private let source: ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>

  init() throws { source = try ArraySource(trainX, trainY) }

  @Test func stoppingAndGoingOn() throws {
    var training = source.batches(of: 64, shuffle: .seed(12345, epoch: 3)).makeIterator()
    while training.state.batchCount < 5, let (x, y) = training.nextBatch() { train(x, y) }
    let saved = try JSONEncoder().encode(training.state)  // for a file beside the model's

    let stopped = try JSONDecoder().decode(IterationState.self, from: saved)
    for (x, y) in try source.batches(of: 64, shuffle: .seed(12345, epoch: 3), resuming: stopped) { train(x, y) }
    #expect(try source.batches(of: 64, shuffle: .seed(12345, epoch: 3), resuming: stopped).sampleCount == .finite(680))
  }

  @Test func ranks() throws {
    let part = source.sharded(rank: 1, of: 4, end: .drop)
    for (x, y) in part.batches(of: 256, shuffle: .seed(12345, epoch: 3)) { train(x, y) }  // 64 samples of each 256

    let filled = source.sharded(rank: 1, of: 4, end: .pad)
    for ((x, y), mask) in filled.batches(of: 256, shuffle: .seed(12345)) { print(x.shape, y.count, mask.count) }

    var accounted = part.batches(of: 256, shuffle: .seed(12345, epoch: 3)).accounted().makeIterator()
    while let (x, y) = accounted.nextBatch() { train(x, y) }
    print(accounted.digest ?? SampleDigest())
    #expect(accounted.digest?.sampleCount == 3 * 64)

    let digests = try (0..<4).map { rank in
      var iterator = source.sharded(rank: rank, of: 4, end: .drop).batches(of: 256, shuffle: .seed(12345, epoch: 3))
        .accounted().makeIterator()
      while iterator.nextBatch() != nil {}
      return try #require(iterator.digest)
    }
    var joint = accounted.state
    joint.digest = digests.reduce(SampleDigest(), +)  // of all ranks; in the other ranks' state, SampleDigest()
    #expect(joint.digest?.sampleCount == 3 * 256)
  }
}
