import BatchUpSystem

/// Why a worker process did not deliver.
public struct WorkerProcessError: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Cause: Hashable, Sendable {
    /// The loader has thrown an error, of which only the text comes out of the process. The process goes on.
    case loader(message: String)
    /// The process has ended by itself, with that status.
    case exited(status: Int32)
    /// A signal has ended the process: `name` is as `"SIGSEGV"`. With the signal for lack of memory it is `"SIGKILL"`.
    case signalled(signal: Int32, name: String)
    /// There was no answer within that time, and the process was killed.
    case deadlineExceeded(Duration)
    /// The process could not be started, or did not get to `WorkerProcess.serve`, in none of the tries.
    case couldNotStart(reason: String)
    /// What the process has sent is not what a worker sends; it was killed.
    case protocolViolation(reason: String)
    /// The process serves no loader of that name; `known` are the names of those that it does.
    case unknownLoader(name: String, known: [String])
    /// The loader makes batches of another type.
    case wrongBatchType(expected: String, found: String)
    /// The system has no memory to share with the process.
    case noSharedMemory(reason: String)
    /// The pool was closed.
    case poolClosed
  }

  /// What happened.
  public let cause: Cause
  /// The process, where there was one.
  public let processID: Int32?
  /// The samples of the batch, where one was being loaded.
  public let sampleIndices: [Int]

  /// Creates an error, for tests of what is done about one.
  public init(_ cause: Cause, processID: Int32? = nil, sampleIndices: [Int] = []) {
    self.cause = cause
    self.processID = processID
    self.sampleIndices = sampleIndices
  }
}

extension WorkerProcessError {
  /// The same error of a process that ended before it was ready, in the last of `tryCount` tries.
  func whileStarting(tryCount: Int) -> WorkerProcessError {
    let tries = tryCount > 1 ? ", in the last of \(tryCount) tries" : ""
    return WorkerProcessError(
      .couldNotStart(reason: "\(cause) before WorkerProcess.serve was called\(tries)"), processID: processID)
  }
}

extension WorkerProcessError.Cause {
  /// Whether the loader is to blame, and the process can go on.
  var isAboutLoader: Bool {
    switch self {
    case .loader, .unknownLoader, .wrongBatchType: true
    default: false
    }
  }

  /// Whether another process may have more luck with the same samples.
  var isWorthRetrying: Bool {
    switch self {
    case .exited, .signalled, .deadlineExceeded, .protocolViolation: true
    default: false
    }
  }

  init(_ end: ProcessEnd) {
    switch end {
    case .exited(let status): self = .exited(status: status)
    case .signalled(let signal): self = .signalled(signal: signal, name: signalName(signal))
    case .unknown: self = .protocolViolation(reason: "it has ended, and somebody else has taken its status")
    }
  }
}

extension WorkerProcessError: CustomStringConvertible {
  /// The process, what happened to it, and the samples, in one line.
  public var description: String {
    let process = processID.map { "worker process \($0)" } ?? "worker process"
    return sampleIndices.isEmpty ? "\(process): \(cause)" : "\(process), samples \(brief(sampleIndices)): \(cause)"
  }

  private func brief(_ indices: [Int]) -> String {
    let shown = 8
    let list = indices.prefix(shown).map(String.init).joined(separator: ", ")
    return indices.count > shown ? "\(list), … (\(indices.count))" : list
  }
}

extension WorkerProcessError.Cause: CustomStringConvertible {
  public var description: String {
    switch self {
    case .loader(let message): "the loader failed: \(message)"
    case .exited(let status): "exited with status \(status)"
    case .signalled(let signal, let name): "ended by signal \(signal) (\(name))"
    case .deadlineExceeded(let duration): "no answer within \(duration), killed"
    case .couldNotStart(let reason): "could not start: \(reason)"
    case .protocolViolation(let reason): "not understood: \(reason)"
    case .unknownLoader(let name, let known): "no loader is called \"\(name)\"; there are \(known)"
    case .wrongBatchType(let expected, let found): "the loader makes \(found), not \(expected)"
    case .noSharedMemory(let reason): "no shared memory: \(reason)"
    case .poolClosed: "the pool of processes is closed"
    }
  }
}
