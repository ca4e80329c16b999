/// What prefetching has done so far, and who waited for whom.
public struct DeliveryStatistics: Sendable {
  /// Batches that the consumer has received.
  public internal(set) var batchCount = 0
  /// The samples in the batches that the consumer has received.
  public internal(set) var sampleCount = 0
  /// Bytes that were copied or converted into batches, those included that are not yet delivered.
  public internal(set) var byteCount = 0
  /// How often memory for a batch had to be allocated; a steady state allocates none.
  public internal(set) var allocationCount = 0
  /// Batches that were left out because they, or all of their samples, could not be loaded.
  public internal(set) var skippedBatchCount = 0
  /// Samples that were left out or replaced because they could not be loaded.
  public internal(set) var skippedSampleCount = 0

  /// From the start of the iteration to its end, or to now.
  public internal(set) var elapsed = Duration.zero
  /// How long the consumer waited for batches, or made them itself because no worker had the time.
  public internal(set) var consumerWaited = Duration.zero
  /// The number of workers.
  public internal(set) var workerCount = 0
  /// How long the workers worked for this iteration, all together, and the consumer where it made batches itself.
  public internal(set) var workersWorked = Duration.zero
  /// The part of the workers' time that copying rows out of arrays took.
  public internal(set) var gathering = Duration.zero
  /// The part of the workers' time that loaders took.
  public internal(set) var loading = Duration.zero
  /// The part of the workers' time that closures that change batches took.
  public internal(set) var mapping = Duration.zero
}

extension DeliveryStatistics {
  /// The share of the time that the consumer waited.
  public var waitingShare: Double { elapsed > .zero ? consumerWaited / elapsed : 0 }

  /// The share of the workers' time that they worked for this iteration; more than 1 where the consumer did much itself.
  public var workingShare: Double {
    elapsed > .zero && workerCount > 0 ? workersWorked / (elapsed * workerCount) : 0
  }

  /// One sentence on what limits the speed.
  public var verdict: String {
    func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    if batchCount == 0 { return "nothing was delivered" }
    if waitingShare < 0.05 {
      return "the consumer waited \(percent(waitingShare)) of the time: it is the limit, not the data"
    }
    let stages = [("copying rows", gathering), ("loading", loading), ("the map closure", mapping)]
    let (stage, time) = stages.max { $0.1 < $1.1 } ?? stages[0]
    let limit = time > .zero && time * 2 > workersWorked ? stage : "preparing batches"
    let workers = "\(workerCount) worker\(workerCount == 1 ? "" : "s") busy \(percent(workingShare))"
    return "the consumer waited \(percent(waitingShare)) of the time: \(limit) is the limit, \(workers)"
  }
}
