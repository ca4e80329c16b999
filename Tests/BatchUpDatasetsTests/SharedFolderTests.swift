import BatchUp
import BatchUpSystem
import Foundation
import TestSupport
import Testing

@testable import BatchUpDatasets

/// Two users of one data folder, neither of whom is root.
@Suite(.timeLimit(.minutes(10)), .enabled(if: geteuid() == 0, "only root can become other users"))
struct SharedFolderTests {
  static let first: uid_t = 65_001
  static let second: uid_t = 65_002

  let folder: NumbersFolder
  let server: HTTPServer

  init() throws {
    folder = try NumbersFolder()
    chmod(folder.path(""), 0o755)
    server = try HTTPServer { $1.serve(numbers(), $0, etag: "\"1\"") }
    try share(0o777)
  }

  /// Gives the data folder to the first user.
  func share(_ mode: mode_t) throws {
    mkdir(folder.data.path, 0o755)
    try #require(chmod(folder.data.path, mode) == 0 && chown(folder.data.path, Self.first, Self.first) == 0)
  }

  func fetch(_ user: uid_t, _ mode: String = "", mask: String = "022") throws -> FixtureProcess {
    try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest, mode, "\(user)", mask)
  }

  func expectFetched(_ process: FixtureProcess) async {
    #expect(await process.wait() == "fetched \(folder.path("data/numbers.bin"))\n")
    #expect(folder.bytes("data/numbers.bin") == converted)
  }

  func owner(_ name: String) -> uid_t? {
    var status = stat()
    return lstat(folder.path(name), &status) == 0 ? status.st_uid : nil
  }

  func refusal(_ name: String) -> String {
    let path = folder.path(name)
    return "failed: \(DatasetError.belongsToAnotherUser(path: path, owner: "user \(Self.first)"))"
      .replacing(userName(geteuid()), with: "user \(Self.second)") + "\n"
  }

  @Test func aSecondUserWaitsAndIsNotLockedOutByAKilledFirst() async throws {
    let first = try fetch(Self.first, "hang")
    #expect(await first.readLine() == "converting\n")
    let second = try fetch(Self.second, "tell")
    #expect(await second.readLine() == "waiting for another process that fetches numbers\n")
    first.kill()
    #expect(await second.wait().hasSuffix("fetched \(folder.path("data/numbers.bin"))\n"))
    #expect(folder.bytes("data/numbers.bin") == converted)
    #expect(owner("data/numbers.bin") == Self.second)
    #expect(owner("data/temp") == Self.first)
    #expect(owner("data/temp-\(Self.second)") == nil)
    // What was killed goes with the next fetch of its user.
    unlink(folder.path("data/numbers.bin"))
    await expectFetched(try fetch(Self.first))
    #expect(folder.names == fetchedNames)
  }

  @Test func aSecondUserWhoMayNotLookDoesNotWait() async throws {
    let first = try fetch(Self.first, "hang", mask: "077")
    #expect(await first.readLine() == "converting\n")
    await expectFetched(try fetch(Self.second))
    first.kill()
    await expectFetched(try fetch(Self.first))
    #expect(owner("data/numbers.bin") == Self.second)
  }

  @Test func theSecondUserGoesOnWithDownloadsOfTheSecond() async throws {
    let broken = try HTTPServer { request, connection in
      if request.rangeStart == nil { return connection.sendBeginning(40_000, of: numbers(), etag: "\"1\"") }
      if request.number == 1 { return connection.stall() }
      connection.serve(numbers(), request, etag: "\"1\"")
    }
    let first = try fetch(Self.first, "hang")
    #expect(await first.readLine() == "converting\n")
    first.kill()
    let arguments = [folder.data.path, broken.address("/a"), numbersDigest, "", "\(Self.second)", "022"]
    let second = try FixtureProcess(executable: fetchFixturePath, arguments)
    #expect(await eventually { broken.requests.count == 2 })
    second.kill()
    // The usual folder is free again; the second one has the download.
    try FileManager.default.removeItem(atPath: folder.path("data/temp"))
    await expectFetched(try FixtureProcess(executable: fetchFixturePath, arguments))
    #expect(broken.requests.map(\.rangeStart) == [nil, 40_000, 40_000])
    #expect(folder.names == fetchedNames)
  }

  @Test func aFolderThatTheSecondUserMayNotWriteTo() async throws {
    try share(0o755)
    #expect(try await fetch(Self.second).wait() == refusal("data"))
    #expect(folder.names == [])
    await expectFetched(try fetch(Self.first))
    await expectFetched(try fetch(Self.second))
  }

  @Test func aFileThatTheSecondUserMayNotReplace() async throws {
    try share(0o1777)
    try folder.write([1], "data/numbers.bin")
    chown(folder.path("data/numbers.bin"), Self.first, Self.first)
    #expect(try await fetch(Self.second).wait() == refusal("data/numbers.bin"))
    #expect(folder.bytes("data/numbers.bin") == [1])
    await expectFetched(try fetch(Self.first))
  }

  /// It could lead to a file that only the second user may write.
  @Test func aLinkOfTheFirstUserIsNotFollowed() async throws {
    try folder.write([1], "private/x")
    for name in ["private", "private/x"] { chown(folder.path(name), Self.second, Self.second) }
    try folder.link("data/numbers.bin", to: folder.path("private/x"))
    lchown(folder.path("data/numbers.bin"), Self.first, Self.first)
    #expect(try await fetch(Self.second).wait() == refusal("data/numbers.bin"))
    #expect(folder.bytes("private/x") == [1])
    // Of their own, it is.
    lchown(folder.path("data/numbers.bin"), Self.second, Self.second)
    await expectFetched(try fetch(Self.second))
    #expect(folder.bytes("private/x") == converted)
  }

  @Test(arguments: ["temp", "temp/numbers.bin.fetching"]) func foldersOfOthersStayAsTheyAre(name: String) async throws {
    try folder.write([1], "data/\(name)/x")
    chown(folder.path("data/" + name), Self.first, Self.first)
    let dataset = numbersSet(.download([server.address("/a")]))
    if name == "temp" {
      _ = try await dataset.fetch(folder.options())
      #expect(folder.names == ["data/numbers.bin", "data/temp/x"])
      try await dataset.remove(from: folder.data)
    } else {
      let error = DatasetError.belongsToAnotherUser(path: folder.path("data/" + name), owner: "user \(Self.first)")
      await #expect(throws: error) { try await dataset.fetch(folder.options()) }
      await #expect(throws: error) { try await dataset.remove(from: folder.data) }
    }
    #expect(folder.names == ["data/\(name)/x"])
  }

  #if os(Linux)
    /// As root where a disk of another machine is mounted, or any user where all files have one owner.
    @Test func fileSystemsThatShowOtherOwners() async throws {
      let data = folder.data
      let symbol = try #require(dlsym(nil, "setfsuid"))
      let setFileUser = unsafeBitCast(symbol, to: (@convention(c) (uid_t) -> Int32).self)
      try await onOwnThread {
        Result {
          // Of this thread alone, which ends.
          _ = setFileUser(Self.first)
          for _ in 0..<2 {
            let made = try #require(try OwnFolder.made("temp", in: data))
            #expect(try made.madeFolder("x") != nil)
          }
        }
      }.get()
      #expect(owner("data/temp/x") == Self.first)
      #expect(folder.names == ["data/temp/x"])
    }
  #endif
}
