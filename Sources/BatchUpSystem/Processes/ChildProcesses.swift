internal import CBatchUpSystem

/// The path of the file that this process runs; nil where the system does not say.
package var executablePath: String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { path in
    guard let start = path.baseAddress, cbs_executable_path(start, path.count) else { return nil }
    return String(systemPath: start)
  }
}

/// The descriptor that a child process knows its socket by.
package var childSocket: Int32 { Int32(CBS_CHILD_SOCKET) }

/// Starts an executable with nothing but a socket to talk over; its process group has its own number.
package func spawnProcess(_ path: String, arguments: [String], socket: Int32) throws(SystemError) -> Int32 {
  var child: Int32 = 0
  let strings = arguments.map { $0.withSystemPath { strdup($0) } }
  defer { for string in strings { free(string) } }
  let code = path.withSystemPath { cbs_spawn($0, strings + [nil], socket, &child) }
  if code != 0 { throw SystemError(code: code) }
  return child
}

/// Kills a child process and its process group.
package func killProcessGroup(of child: Int32) { cbs_kill(child) }

/// How a process ended.
package enum ProcessEnd {
  case exited(status: Int32)
  case signalled(Int32)
  /// Other code has waited for it.
  case unknown
}

/// Whether a child has ended; it is not reaped by this.
package func hasEnded(_ child: Int32) -> Bool {
  var end = siginfo_t()
  return waitid(P_PID, id_t(child), &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_signo != 0
}

/// Waits for the end of a child process.
package func reap(_ child: Int32) -> ProcessEnd {
  var status: Int32 = 0
  var signal: Int32 = 0
  guard cbs_reap(child, &status, &signal) else { return .unknown }
  return signal == 0 ? .exited(status: status) : .signalled(signal)
}

/// Has the system kill this process when the thread that started it ends, where the system can do that.
package func dieWithParent() { cbs_die_with_parent() }

/// Has the system kill the process group that this process leads when this process ends, where the system can do that.
/// Called by a thread that lives as long as the process.
package func guardProcessGroup() { cbs_guard_process_group() }

/// Ends this process at once, and with it the process group, where this process leads it.
package func killOwnGroup() -> Never { cbs_kill_own_group() }
