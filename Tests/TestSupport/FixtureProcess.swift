import BatchUp
import BatchUpSystem
import Foundation

/// A process that may be killed; it does not outlive this object. Its descriptors are those of this process that are not
/// closed when a program runs, and standard output is this object's.
///
/// Not Foundation's `Process`, which leaks, and closes all descriptors.
public final class FixtureProcess: Sendable {
  private let process: pid_t
  private let output: Int32
  private let hasBeenWaitedFor = Guarded(false)

  public init(executable: String, _ arguments: [String]) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #if os(Linux)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let arguments = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let error = posix_spawn(&process, executable, &actions, nil, arguments, environ)
    close(ends[1])
    guard error == 0 else {
      close(ends[0])
      throw POSIXError(POSIXError.Code(rawValue: error) ?? .ENOENT)
    }
    self.process = process
    output = ends[0]
  }

  deinit {
    kill()
    close(output)
  }

  public var hasEnded: Bool {
    hasBeenWaitedFor.withLock { hasBeenWaitedFor in
      if !hasBeenWaitedFor { hasBeenWaitedFor = waitpid(process, nil, WNOHANG) == process }
      return hasBeenWaitedFor
    }
  }

  /// Ends it, unless it has ended, and waits until it is gone.
  public func kill() {
    hasBeenWaitedFor.withLock { hasBeenWaitedFor in
      if hasBeenWaitedFor { return }
      Foundation.kill(process, SIGKILL)
      while waitpid(process, nil, 0) < 0, errno == EINTR {}
      hasBeenWaitedFor = true
    }
  }

  /// Nothing where it ends before.
  public func readLine() async -> String { await onOwnThread { self.nextLine() } }

  /// What it prints until it ends.
  public func wait() async -> String {
    await onOwnThread {
      var text = ""
      while true {
        let line = self.nextLine()
        // It has nothing to print any more, and will be gone at once.
        if line.isEmpty { break }
        text += line
      }
      self.kill()
      return text
    }
  }

  private func nextLine() -> String {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.last != UInt8(ascii: "\n"), read(output, &byte, 1) == 1 { line.append(byte) }
    return String(decoding: line, as: UTF8.self)
  }
}
