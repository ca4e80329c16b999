import BatchUp

/// How a data set is fetched.
public struct FetchOptions: Sendable {
  /// Where data sets are kept; nil for `DataFolder.standard()`.
  public var folder: DataFolder?
  /// A folder that has the source files already, under their names: those that would be downloaded are copied from
  /// there.
  public var localFiles: String?
  /// Addresses of folders that are tried before those that the data set names, in their order.
  public var mirrors: [String] = []
  /// Whether nothing may be downloaded: what is not on this machine is an error.
  public var isOffline = false
  /// Is told what is being done; the observer, how far it has come, in bytes. One thread at a time calls either. A
  /// download that is tried again is a new step.
  public var progress: (@Sendable (FetchStep) -> any ProgressObserver)?
  package var limits = FetchLimits()

  /// Downloads what is missing from the published addresses to the standard folder, and tells nobody.
  public init() {}

  /// Counts bytes of a step for the observer, if there is one.
  func counter(
    of step: FetchStep, completedCount: Int = 0, totalCount: Int?
  ) -> ProgressCounter {
    ProgressCounter(
      completedCount: completedCount, totalCount: totalCount, observer: progress?(step) ?? ProgressHandler { _ in })
  }
}

/// A part of the work of fetching a data set.
public enum FetchStep: Hashable, Sendable {
  /// Another process, or another task, is fetching the data set.
  case waiting(dataset: String)
  /// Downloading a file.
  case download(file: String)
  /// Copying a file of this machine.
  case copy(file: String)
  /// Computing the SHA-256 of a file.
  case verification(file: String)
  /// Making the data set's file of its sources.
  case conversion(dataset: String)
}

extension FetchStep: CustomStringConvertible {
  /// What is being done, in a few words.
  public var description: String {
    switch self {
    case .waiting(let dataset): "waiting for another process that fetches \(dataset)"
    case .download(let file): "downloading \(file)"
    case .copy(let file): "copying \(file)"
    case .verification(let file): "verifying \(file)"
    case .conversion(let dataset): "converting \(dataset)"
    }
  }
}

/// How long, and how often, is tried what may work the next time.
package struct FetchLimits: Sendable {
  /// How often one address is tried.
  package var tryCount = 3
  /// The time between the first two tries; then twice as long each time.
  package var backOff = Duration.seconds(1)
  /// How long connecting to a server may take, with the TLS handshake.
  package var connection = Duration.seconds(20)
  /// How long may be waited for the header of an answer, and then for each `leastByteCount` bytes of its body.
  package var stall = Duration.seconds(60)
  package var leastByteCount = 60_000
  /// How often is looked whether a data set that another process is fetching is free.
  package var lockInterval = Duration.milliseconds(100)

  package init() {}
}
