import BatchUp
import BatchUpFiles
import BatchUpSystem
import FileTestSupport
import Foundation
import TestSupport
import Testing

/// Processes that start while a file is open have its descriptors until they run another program, and those that are not
/// closed then for as long as they live; with a descriptor they have the lock.
@Suite struct HDF5LockTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }

  private func write() throws {
    var writer = HDF5Writer()
    for place in 0..<200 { writer.add(NDArray<Int32>([Int32(place)]), named: "/a\(place)") }
    try writer.write(to: path)
  }

  private static func sleeper() throws -> FixtureProcess { try FixtureProcess(executable: "/bin/sleep", ["60"]) }

  @Test func aFileThatIsWrittenWhileProcessesStart() async throws {
    let isWritten = Guarded(false)
    async let sleepers = onOwnThread {
      Result {
        var sleepers: [FixtureProcess] = []
        while !isWritten.withLock({ $0 }) { sleepers = try sleepers.suffix(20) + [Self.sleeper()] }
        return sleepers
      }
    }
    let counts = Result {
      try (0..<30).map { _ in
        try write()
        return try HDF5File(path: path).datasets.count
      }
    }
    isWritten.withLock { $0 = true }
    _ = try await sleepers.get()
    #expect(try counts.get() == Array(repeating: 200, count: 30))
  }

  @Test func noProcessKeepsTheLockOfAFileThatIsReadNoMore() throws {
    try write()
    var file: HDF5File? = try HDF5File(path: path)
    let sleeper = try Self.sleeper()
    #expect(file?.datasets.count == 200)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) != 0, "readers have a lock")
    file = nil
    // Those of other tests may just be about to run their programs; one that kept the lock would have to end.
    #expect(retryingInterrupted { flock(descriptor, LOCK_EX) } == 0)
    #expect(!sleeper.hasEnded)
  }
}
