#if MPI
  internal import CMPI

  /// Why ranks cannot work together.
  public enum MPIError: Error, Hashable, Sendable {
    /// A function of the MPI library has failed, for the reason that the library gives.
    case callFailed(function: String, reason: String)
    /// MPI can be started once in a process, and not by somebody else before.
    case startedBefore
    /// The MPI library does not stand other threads in a process, not even when they leave it alone.
    case noThreads
    /// What another rank has failed with, in something that all of them do together.
    case rankFailed(rank: Int, reason: String)
    /// A rank has sent what this one cannot read.
    case unreadableMessage(rank: Int, reason: String)
  }

  extension MPIError: CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String {
      switch self {
      case .callFailed(let function, let reason): "\(function): \(reason)"
      case .startedBefore: "MPI has been started before in this process; start it once, by MPIWorld.run"
      case .noThreads: "this MPI library does not allow for other threads in a process"
      case .rankFailed(let rank, let reason): "rank \(rank) has failed: \(reason)"
      case .unreadableMessage(let rank, let reason): "the message of rank \(rank) cannot be read: \(reason)"
      }
    }
  }

  /// Throws what a function of the library says.
  func check(_ function: String, _ status: Int32) throws(MPIError) {
    guard cbu_mpi_is_success(status) == 0 else { return }
    throw .callFailed(function: function, reason: errorText(status))
  }

  private func errorText(_ status: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CBU_MPI_TEXT_CAPACITY)) { text in
      guard let start = text.baseAddress else { return "" }
      cbu_mpi_error_text(status, start)
      return String(cString: start)
    }
  }
#endif
