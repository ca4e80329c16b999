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

  func progress(at iteration: IterationState) -> TrainingProgress {
    TrainingProgress(epochs: earlier, unfinished: .init(lossSum: lossSum, iteration: iteration))
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
