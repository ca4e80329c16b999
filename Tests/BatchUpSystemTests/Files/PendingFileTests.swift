import BatchUp
import Foundation
import TestSupport
import Testing

@Suite struct PendingFileTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private func write(_ name: String) throws { try NDArray<Int8>([1]).write(npyFile: folder.path(name)) }

  private func destination(_ name: String) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: folder.path(name))
  }

  @Test func aLinkIsFollowedWhereItLeadsToNoFile() throws {
    mkdir(folder.path("a"), 0o700)
    for (destination, file) in [
      ("new.npy", "new.npy"), ("a/new.npy", "a/new.npy"), (folder.path("a/other.npy"), "a/other.npy"),
      ("next", "a/last.npy"),
    ] {
      unlink(folder.path("next"))
      symlink("a/last.npy", folder.path("next"))
      unlink(folder.path("link"))
      try #require(symlink(destination, folder.path("link")) == 0)
      try write("link")
      #expect(try self.destination("link") == destination)
      #expect(try NDArray<Int8>(npyFile: folder.path(file)).scalars == [1])
      unlink(folder.path(file))

      let output = try NPYOutput<Int8>(path: folder.path("link"), shape: [1], resuming: [])
      try output.write([2], at: 0)
      try output.finish()
      #expect(try self.destination("link") == destination)
      #expect(try NDArray<Int8>(npyFile: folder.path(file)).scalars == [2])
      unlink(folder.path(file))
    }
  }

  @Test func aLinkThatLeadsToNoPlaceIsRefusedAndStays() throws {
    for (name, destination, code) in [("nowhere", "no/new.npy", ENOENT), ("loop", "loop", ELOOP)] {
      try #require(symlink(destination, folder.path(name)) == 0)
      let error = NPYError.cannotWrite(path: folder.path(name), reason: String(cString: strerror(code)))
      #expect(throws: error) { try write(name) }
      #expect(throws: NPYOutputError.self) { try NPYOutput<Int8>(path: folder.path(name), shape: [1], resuming: []) }
      #expect(try self.destination(name) == destination)
    }
    #expect(folder.names == ["loop", "nowhere"])
  }

  /// A slash and a combining character are one character of Swift.
  @Test func aNameMayStartWithACombiningCharacter() throws {
    let path = folder.url.path + "/\u{301}.npy"
    try NDArray<Int8>([1]).write(npyFile: path)
    #expect(try NDArray<Int8>(npyFile: path).scalars == [1])
    #expect(folder.names == ["\u{301}.npy"])
  }

  @Test func whatKilledProcessesLeftIsRemoved() throws {
    let left = [".batchup-0123456789", ".batchup-3w5e11264sgsf"]
    let others = [
      ".batchup-", ".batchup-lock", ".batchup-converted", ".batchup-123456789", ".batchup-3w5e11264sgsf0",
      ".batchup-0123456789A", "batchup-0123456789", "x.batchup-0123456789",
    ]
    for name in left + others { try folder.write([1], name: name) }
    mkdir(folder.path(".batchup-0123456780"), 0o700)
    symlink("x.batchup-0123456789", folder.path(".batchup-0123456781"))
    mkfifo(folder.path(".batchup-0123456782"), 0o600)
    let kinds = (0...2).map { ".batchup-012345678\($0)" }
    try write("a.npy")
    #expect(folder.names == (others + kinds + ["a.npy"]).sorted())
  }

  /// Which takes a while.
  @Test func aLargeFolderIsSearchedOnce() throws {
    for number in 0..<1_000 { try folder.write([], name: "\(number)") }
    let left = ".batchup-0123456789"
    try folder.write([1], name: left)
    try write("a.npy")
    #expect(!folder.names.contains(left))
    try folder.write([1], name: left)
    try write("a.npy")
    #expect(folder.names.contains(left))
    #expect(folder.names.count == 1_002)
  }

  @Test func whatIsBeingWrittenStays() throws {
    let output = try NPYOutput<Int8>(path: folder.path("a.npy"), shape: [1])
    let temporary = folder.names
    #expect(temporary.count == 1)
    try write("b.npy")
    #expect(folder.names == (temporary + ["b.npy"]).sorted())
    try output.write([1], at: 0)
    try output.finish()
    #expect(folder.names == ["a.npy", "b.npy"])
  }

  @Test func aProcessHoldsItsFileUntilItIsKilled() async throws {
    let process = try FixtureProcess(
      executable: builtExecutable(named: "WorkerFixture"), ["hold", folder.path("a.npy")])
    #expect(await process.readLine() == "held\n")
    let temporary = folder.names
    #expect(temporary.count == 1)
    try write("b.npy")
    #expect(folder.names == (temporary + ["b.npy"]).sorted())
    process.kill()
    #expect(folder.names == (temporary + ["b.npy"]).sorted())
    try write("b.npy")
    #expect(folder.names == ["b.npy"])
  }

  /// Each takes away what it finds, and none what another one has.
  @Test func manyWritersAtOnce() throws {
    let folder = folder
    let pool = WorkerPool(workerCount: 8)
    for isWritten in pool.stream(
      Array(0..<400),
      { number in
        (try? NDArray<Int32>([Int32(number)]).write(npyFile: folder.path("\(number % 10).npy"))) != nil
      })
    { #expect(isWritten) }
    #expect(folder.names == (0..<10).map { "\($0).npy" })
  }

  @Test func afterAnErrorItCanBeCompleted() throws {
    let path = folder.path("a.npy")
    let output = try NPYOutput<Int8>(path: path, shape: [1])
    try output.write([1], at: 0)
    mkdir(path, 0o700)
    #expect(throws: NPYOutputError.self) { try output.finish() }
    rmdir(path)
    try output.finish()
    #expect(try NDArray<Int8>(npyFile: path).scalars == [1])
    #expect(folder.names == ["a.npy"])
  }
}
