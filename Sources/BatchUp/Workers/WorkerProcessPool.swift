import BatchUpSystem
import Synchronization

/// Processes that load samples, for loaders that may crash, leak, hang, or bear no second thread.
///
/// Each runs the executable of this process again, up to `WorkerProcess.serve`, which must therefore come first in it.
/// The threads of a `WorkerPool` drive them, so there should be as many of those as processes:
///
/// ```swift
/// WorkerProcess.serve(["images": WorkerLoader { ImageFolder(paths: $0) }])
///
/// let processes = try WorkerProcessPool(workerCount: 4, deadline: .seconds(10), retries: 1)
/// let images = try processes.loader("images", arguments: paths, as: NDArray<UInt8>.self)
/// let source = try ArraySource(loading: images, labels)
/// for … in source.batches(of: 64).prefetched(by: WorkerPool(workerCount: 4))
/// ```
///
/// A batch comes out of its process in memory that both see, without a copy, and is used where it is; the memory takes
/// another batch when the last array in it is gone. A process that ends, or takes longer for a batch than the deadline,
/// is replaced, and its batch is tried again or fails; no other batch does. Prefetching looks for the samples to blame
/// by loading those of a failed batch one by one: each that ends its process then costs a process more, with each
/// retry, and each that hangs the deadline.
///
/// The pool ends its processes when it is closed, or with the last of its loaders. They end with this process, however
/// that ends, together with the programs that their loaders have started (`WorkerProcess.serve` tells the limits), and
/// leave nothing behind. Batches outlive them.
public final class WorkerProcessPool: Sendable {
  /// How many processes there are at most.
  public let workerCount: Int
  /// How long a process may take for a batch.
  public let deadline: Duration?
  /// How long it may take to get ready, and to make a loader.
  public let startDeadline: Duration?
  /// How often a batch is tried again after its process has ended, be it while it started.
  public let retries: Int
  private let roster: ProcessRoster
  private let loaderCount = Atomic(0)

  /// Starts the processes; as many as there are processors that this process may use, unless told otherwise.
  ///
  /// - Parameters:
  ///   - workerCount: How many processes there are at most; nil for one for each processor.
  ///   - deadline: How long a process may take for a batch before it is killed; nil for as long as it likes.
  ///   - startDeadline: The same for its start, and for making a loader.
  ///   - retries: How often a batch is tried again where its process has ended, each time by another one; a process
  ///     that ends while it starts counts as well. The same holds for making a loader.
  ///   - executable: The file that the processes run; that of this process unless another is named.
  /// - Throws: `couldNotStart`, also in a process that is itself a worker, and for more than 1,024 processes where
  ///   there are no more processors.
  /// - Precondition: there is at least one process, and the number of retries is not negative.
  public init(
    workerCount: Int? = nil, deadline: Duration? = nil, startDeadline: Duration? = .seconds(60), retries: Int = 0,
    executable: String? = nil
  ) throws(WorkerProcessError) {
    let workerCount = workerCount ?? usableProcessorCount()
    precondition(workerCount > 0, "a pool has at least one process, not \(workerCount)")
    precondition(retries >= 0, "the number of retries is not negative, as \(retries) is")
    if WorkerInvitation.received != nil {
      throw WorkerProcessError(
        .couldNotStart(reason: "this is a worker process itself; WorkerProcess.serve must come before any pool"))
    }
    let limit = max(usableProcessorCount(), 1_024)
    guard workerCount <= limit else {
      throw WorkerProcessError(.couldNotStart(reason: "a pool has \(limit) processes at most, not \(workerCount)"))
    }
    guard let executable = executable ?? executablePath else {
      throw WorkerProcessError(.couldNotStart(reason: "the path of this executable is not known"))
    }
    self.workerCount = workerCount
    self.deadline = deadline
    self.startDeadline = startDeadline
    self.retries = retries
    roster = try ProcessRoster(of: executable, count: workerCount)
  }

  deinit { close() }

  /// The processes that there are.
  public var processIDs: [Int32] { roster.processIDs }

  /// Ends the processes, and returns when they have ended. A batch that is being loaded may still arrive; where its
  /// process takes longer than a second, it fails, as all do that come later. Batches that have arrived stay as they
  /// are.
  public func close() { roster.close() }

  /// The loader of arrays that the processes serve by that name, made from `arguments` in each of them when it is
  /// needed.
  ///
  /// - Throws: `unknownLoader`, `wrongBatchType`, `loader` where it cannot be made, and what befalls its process.
  public func loader<Scalar>(
    _ name: String, arguments: [String] = [], as batch: NDArray<Scalar>.Type
  ) throws(WorkerProcessError) -> ProcessLoader<NDArray<Scalar>> {
    let loader = remoteLoader(name, arguments, elements: [ElementType(Scalar.self)])
    return try ProcessLoader(loader, offering: open(loader), pool: self) { $0.array(0, of: Scalar.self) }
  }

  /// The loader of tuples of arrays that the processes serve by that name, made from `arguments` in each of them when
  /// it is needed.
  ///
  /// - Throws: `unknownLoader`, `wrongBatchType`, `loader` where it cannot be made, and what befalls its process.
  public func loader<each Scalar>(
    _ name: String, arguments: [String] = [], as batch: (repeat NDArray<each Scalar>).Type
  ) throws(WorkerProcessError) -> ProcessLoader<(repeat NDArray<each Scalar>)> {
    var elements: [ElementType] = []
    repeat elements.append(ElementType((each Scalar).self))
    let loader = remoteLoader(name, arguments, elements: elements)
    return try ProcessLoader(loader, offering: open(loader), pool: self) { batch in
      var number = 0
      func next<Element>(_ type: Element.Type) -> NDArray<Element> {
        defer { number += 1 }
        return batch.array(number, of: type)
      }
      return (repeat next((each Scalar).self))
    }
  }

  private func remoteLoader(_ name: String, _ arguments: [String], elements: [ElementType]) -> RemoteLoader {
    let number = loaderCount.add(1, ordering: .relaxed).newValue
    return RemoteLoader(number: number, name: name, arguments: arguments, elements: elements)
  }

  /// The loader as the first process has made it.
  private func open(_ loader: RemoteLoader) throws(WorkerProcessError) -> LoaderDescription {
    try retrying { child throws(WorkerProcessError) in try child.open(loader, by: Deadline(in: startDeadline)) }
    guard let description = loader.description else { preconditionFailure("a loader that is open has a description") }
    return description
  }

  /// The samples, which one of the processes loads.
  func load(_ indices: BatchIndices, from loader: RemoteLoader) throws(WorkerProcessError) -> ReceivedBatch {
    do throws(WorkerProcessError) {
      return try retrying { child throws(WorkerProcessError) in
        try child.open(loader, by: Deadline(in: startDeadline))
        return try child.load(indices, from: loader, by: Deadline(in: deadline))
      }
    } catch {
      throw WorkerProcessError(error.cause, processID: error.processID, sampleIndices: Array(indices))
    }
  }

  private func retrying<Result>(
    _ body: (ChildProcess) throws(WorkerProcessError) -> Result
  ) throws(WorkerProcessError) -> Result {
    var tryCount = 0
    while true {
      tryCount += 1
      var isReady = false
      do throws(WorkerProcessError) {
        return try roster.withProcess { child throws(WorkerProcessError) in
          try child.waitUntilReady(by: Deadline(in: startDeadline))
          isReady = true
          return try body(child)
        }
      } catch {
        if roster.isClosed, !error.cause.isAboutLoader { throw WorkerProcessError(.poolClosed) }
        if !error.cause.isWorthRetrying { throw error }
        if tryCount > retries { throw isReady ? error : error.whileStarting(tryCount: tryCount) }
      }
    }
  }
}
