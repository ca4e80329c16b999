/// A batch that workers could not make.
public struct BatchFailure: Error, Sendable {
  /// Why.
  public enum Cause: Sendable {
    /// What a loader or a closure threw.
    case thrown(any Error)
    /// It was not ready within the time that the consumer waits.
    case deadlineExceeded(Duration)
  }

  /// Which batch of the iteration, counted from 0.
  public let batch: Int
  /// The index of the sample that could not be loaded; several where sources stand side by side, and none where no
  /// sample alone is to blame.
  public let sampleIndices: [Int]
  /// Why the batch could not be made.
  public let cause: Cause

  /// Creates a failure, for tests of what is done about one.
  public init(batch: Int, sampleIndices: [Int] = [], cause: Cause) {
    self.batch = batch
    self.sampleIndices = sampleIndices
    self.cause = cause
  }
}

extension BatchFailure: CustomStringConvertible {
  public var description: String {
    let sample = sampleIndices.isEmpty ? "" : ", sample \(sampleIndices.map(String.init).joined(separator: " and "))"
    return switch cause {
    case .thrown(let error): "batch \(batch)\(sample): \(error)"
    case .deadlineExceeded(let duration): "batch \(batch)\(sample): not ready within \(duration)"
    }
  }
}

/// What happens when samples cannot be loaded.
public enum FailurePolicy: Sendable, Hashable {
  /// The error is thrown in place of the batch. The next call goes on behind it.
  case stop
  /// The batch is left out.
  case skipBatch
  /// The samples are left out, and the batch is shorter; left out where none remains.
  case skipSample
  /// Each is replaced by the next one in its batch that can be loaded; left out where none can.
  case replace
}
