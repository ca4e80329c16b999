import BatchUp
import Foundation
import TestSupport
import Testing

/// Each test in a process of its own: handlers of signals are the whole process's.
@Suite struct MappedFileGuardTests {
  /// A mapped file of which only the first page is left.
  private static func shortened(in folder: FileFolder) throws -> MappedArray<Int32> {
    let path = folder.path("file.npy")
    try NDArray<Int32>.pattern(shape: [1_000, 1_000]).write(npyFile: path)
    let mapped = try MappedArray<Int32>(npyFile: path)
    guard truncate(path, 4_096) == 0 else { throw POSIXError(.EIO) }
    return mapped
  }

  private static func block(_ how: Int32) -> Bool {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGBUS)
    var before = sigset_t()
    pthread_sigmask(how, &signals, &before)
    return sigismember(&before, SIGBUS) == 1
  }

  private static func handle(_ handler: @escaping @convention(c) (Int32) -> Void) { signal(SIGBUS, handler) }

  @Test func aThreadMayBlockTheSignal() async {
    await #expect(processExitsWith: .success) {
      let folder = try FileFolder()
      let mapped = try Self.shortened(in: folder)
      let path = folder.path("file.npy")
      let error = MappedArrayError.shrunk(path: path, expected: 4_000_128, found: 4_096)
      _ = Self.block(SIG_BLOCK)
      for _ in 0..<3 {
        #expect(throws: error) { try mapped.batch(at: [999, 3, 999]) }
        #expect(throws: error) { try mapped.batch(at: BatchIndices(0..<1_000)) }
        #expect(Self.block(SIG_BLOCK))
      }
      try NDArray<Int32>([1, 2]).write(npyFile: folder.path("other.npy"))
      let other = try MappedArray<Int32>(npyFile: folder.path("other.npy"))
      // What was sent to this thread waits as before.
      raise(SIGBUS)
      for _ in 0..<3 {
        #expect(throws: error) { try mapped.batch(at: [999, 3, 999]) }
        #expect(try other.batch(at: [1, 0]).scalars == [2, 1])
        var pending = sigset_t()
        sigpending(&pending)
        #expect(sigismember(&pending, SIGBUS) == 1)
      }
      Self.handle { _ in _exit(0) }
      _ = Self.block(SIG_UNBLOCK)
      _exit(1)
    }
  }

  @Test func withoutTheGuardTheProcessEnds() async {
    await #expect(processExitsWith: .signal(SIGBUS)) {
      // A sanitizer has one of its own.
      signal(SIGBUS, SIG_DFL)
      MappedFileGuard.isEnabled = false
      let folder = try FileFolder()
      let mapped = try Self.shortened(in: folder)
      unlink(folder.path("file.npy"))
      rmdir(folder.path(""))
      _ = try? mapped.batch(at: [999, 3])
    }
  }

  @Test func withoutTheGuardThereIsNoHandler() async {
    await #expect(processExitsWith: .success) {
      signal(SIGBUS, SIG_DFL)
      MappedFileGuard.isEnabled = false
      let folder = try FileFolder()
      let array = NDArray<Int32>.pattern(shape: [1_000, 1_000])
      let path = folder.path("file.npy")
      try array.write(npyFile: path)
      let mapped = try MappedArray<Int32>(npyFile: path)
      #expect(try mapped.batch(at: [999, 3]) == array.batch(at: [999, 3]))
      #expect(!Self.isHandled)
      #expect(!MappedFileGuard.isEnabled)
      MappedFileGuard.isEnabled = true
      try #require(truncate(path, 4_096) == 0)
      #expect(throws: MappedArrayError.self) { try mapped.batch(at: [999, 3]) }
      #expect(Self.isHandled)
    }
  }

  private static var isHandled: Bool {
    var action = sigaction()
    sigaction(SIGBUS, nil, &action)
    return action.sa_flags & Int32(truncatingIfNeeded: SA_SIGINFO) != 0
  }

  /// A handler that was there before the first batch gets what is not the guard's.
  @Test func otherFaultsReachTheHandlerFromBefore() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let mapped = try Self.handledBefore()
      print(try mapped.array[900, 0])
    }
    await #expect(processExitsWith: .exitCode(7)) {
      _ = try Self.handledBefore()
      raise(SIGBUS)
    }
  }

  /// A shortened file, which is gone already, of which a batch was to be read when the process had a handler of its own.
  private static func handledBefore() throws -> MappedArray<Int32> {
    handle { _ in _exit(7) }
    let folder = try FileFolder()
    let mapped = try shortened(in: folder)
    #expect(throws: MappedArrayError.self) { try mapped.batch(at: [999, 3]) }
    return mapped
  }
}
