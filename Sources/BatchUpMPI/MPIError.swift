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
    /// What the ranks call together, or call it with, differs. For each rank, in order, what it has; all ranks throw this.
    case differentCalls([String])
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
      case .differentCalls(let calls): "ranks: different calls, \(differences(among: calls))"
      case .unreadableMessage(let rank, let reason): "the message of rank \(rank) cannot be read: \(reason)"
      }
    }
  }

  /// What rank 0 has, and what the ranks have that differ from it.
  private func differences(among calls: [String]) -> String {
    guard let expected = calls.first else { return "" }
    let ranks = Dictionary(grouping: calls.indices) { calls[$0] }
    let found = ranks.filter { $0.key != expected }.sorted { $0.value[0] < $1.value[0] }.map { call, ranks in
      "\(call) on \(ranks.count > 1 ? "ranks" : "rank") \(ranks.map(String.init).joined(separator: ", "))"
    }
    return "expected \(expected) as on rank 0, found \(found.joined(separator: "; "))"
  }

  /// Throws where the ranks do not all have the same; nil for those that have nothing. Called with the same on all ranks.
  func requireEqual(_ descriptions: [String?]) throws(MPIError) {
    guard Set(descriptions.compactMap { $0 }).count > 1 else { return }
    throw .differentCalls(descriptions.map { $0 ?? "no batches" })
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
