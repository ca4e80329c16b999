import BatchUp

/// What adds up in the course of an epoch.
struct EpochSums {
  let epoch: Int
  /// The outcomes of the epochs before.
  let earlier: [EpochReport]
  var lossSum = 0.0
  /// The samples that this run has trained on, of all of the epoch.
  var sampleCount = 0
  /// Of all samples of the epoch; empty before its end.
  var digest = SampleDigest()

  init(epoch: Int, earlier: [EpochReport]) {
    self.epoch = epoch
    self.earlier = earlier
  }

  /// How far all ranks have come, each of which has sums of its own.
  func progress(at iteration: IterationState, of ranks: Ranks) throws -> TrainingProgress {
    var iteration = iteration
    iteration.digest = try ranks.merged(iteration.digest ?? SampleDigest())
    let unfinished = TrainingProgress.Unfinished(lossSums: try ranks.gather(lossSum), iteration: iteration)
    return TrainingProgress(epochs: earlier, unfinished: unfinished)
  }
}

/// An iterator that can tell how far it has come.
protocol StatefulIterator<Element>: IteratorProtocol {
  var state: IterationState { get }
  /// Nil where the batches are not accounted for.
  var digest: SampleDigest? { get }
}

extension Batches.Iterator: StatefulIterator where Source.Failure == Never {}

extension PrefetchedBatches.Iterator: StatefulIterator where Failure == Never {}
