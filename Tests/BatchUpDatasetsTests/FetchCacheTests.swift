import BatchUp
import BatchUpSystem
import Foundation
import Testing

@testable import BatchUpDatasets

/// The data set's file: made once, whole or not at all, found damaged and made again.
@Suite(.timeLimit(.minutes(10))) struct FetchCacheTests {
  let folder: NumbersFolder
  let original: String

  init() throws {
    folder = try NumbersFolder()
    original = try folder.write(numbers(), "numbers.dat")
  }

  @Test func aDamagedFileIsFoundAndMadeAgain() async throws {
    let dataset = numbersSet(.copy(path: original))
    try folder.write([1, 2, 3], "data/numbers.bin")
    let damage = DatasetError.damaged(dataset: "numbers", path: folder.path("data/numbers.bin"), reason: "NotWhole()")
    await #expect(throws: damage) { try await dataset.verify(in: folder.data) }
    #expect(try dataset.isCached(in: folder.data))
    _ = try await dataset.fetch(folder.options())
    #expect(folder.bytes("data/numbers.bin") == converted)
    try await dataset.verify(in: folder.data)
    #expect(folder.names == ["data/numbers.bin", "numbers.dat"])
  }

  @Test func aDamagedFileIsAnErrorOffline() async throws {
    try folder.write([1, 2, 3], "data/numbers.bin")
    let error = DatasetError.offline(dataset: "numbers", file: "numbers.dat", damage: "NotWhole()")
    await #expect(throws: error) {
      try await numbersSet(.download(["http://127.0.0.1:1/"])).fetch(folder.options { $0.isOffline = true })
    }
    #expect(folder.names == ["data/numbers.bin", "numbers.dat"])
    _ = try await numbersSet(.copy(path: original)).fetch(folder.options { $0.isOffline = true })
    #expect(folder.bytes("data/numbers.bin") == converted)
  }

  @Test func removingAndWhatIsNotThere() async throws {
    let dataset = numbersSet(.copy(path: original))
    try await dataset.remove(from: folder.data)
    #expect(folder.names == ["numbers.dat"])
    let missing = DatasetError.notCached(dataset: "numbers", path: folder.path("data/numbers.bin"))
    await #expect(throws: missing) { try await dataset.verify(in: folder.data) }
    #expect(try !dataset.isCached(in: folder.data))
    _ = try await dataset.fetch(folder.options())
    try folder.write([1], partialName)
    try folder.write([1], "data/other.h5")
    try await dataset.remove(from: folder.data)
    #expect(folder.names == ["data/other.h5", "numbers.dat"])
  }

  @Test func conversionsThatFailLeaveNothingButTheDownload() async throws {
    struct Ill: Error {}
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let address = server.address("/a")
    let ill: [(reason: String, @Sendable ([String], String) throws -> Void)] = [
      ("Ill()", { _, _ in throw Ill() }),
      ("the conversion has made no file", { _, _ in }),
      (
        "the conversion has made no file",
        { try FileManager.default.createDirectory(atPath: $1, withIntermediateDirectories: true) }
      ),
      ("NotWhole()", { try Data([1]).write(to: URL(filePath: $1)) }),
      (
        "Ill()",
        { _, target in
          let folder = URL(filePath: target).deletingLastPathComponent()
          try FileManager.default.createDirectory(at: folder.appending(path: "a/b"), withIntermediateDirectories: true)
          try Data([1]).write(to: folder.appending(path: "a/b/.batchup-1"))
          try Data([1]).write(to: URL(filePath: target))
          throw Ill()
        }
      ),
    ]
    for (reason, convert) in ill {
      let error = DatasetError.conversionFailed(dataset: "numbers", reason: reason)
      await #expect(throws: error) {
        try await numbersSet(.download([address]), convert: convert).fetch(folder.options())
      }
      #expect(folder.names == ["data/temp/numbers.bin.fetching/numbers.dat", "numbers.dat"])
      await #expect(throws: error) {
        try await numbersSet(.copy(path: original), convert: convert).fetch(folder.options())
      }
      #expect(folder.names == ["numbers.dat"])
    }
    await #expect(throws: CancellationError.self) {
      try await numbersSet(.download([address]), convert: { _, _ in throw CancellationError() }).fetch(folder.options())
    }
    _ = try await numbersSet(.download([address])).fetch(folder.options())
    #expect(server.requests.count == 6)
    #expect(folder.names == fetchedNames + ["numbers.dat"])
  }

  @Test func whatIsInTheWayOfTheFile() async throws {
    try folder.write([1], "data/numbers.bin/x")
    await #expect(throws: DatasetError.self) { try await numbersSet(.copy(path: original)).fetch(folder.options()) }
    #expect(folder.names == ["data/numbers.bin/x", "numbers.dat"])
    for data in ["numbers.dat", "numbers.dat/x"] {
      let options = folder.options { $0.folder = DataFolder(path: folder.path(data)) }
      await #expect(throws: DatasetError.self) { try await numbersSet(.copy(path: original)).fetch(options) }
    }
    #expect(folder.names == ["data/numbers.bin/x", "numbers.dat"])
  }

  @Test func sourcesComeInTheirOrder() async throws {
    let server = try HTTPServer { $1.serve(Array($0.path.utf8), $0) }
    let copy = try folder.write([7], "two")
    let dataset = Dataset(
      name: "many", file: "many",
      sources: [
        SourceFile("one", from: .download([server.address("/1")])), SourceFile("zwei", from: .copy(path: copy)),
        SourceFile("three", from: .existing(path: copy)), SourceFile("many", from: .download([server.address("/4")])),
      ]
    ) { sources, target in
      let parts = sources.map { FileManager.default.contents(atPath: $0) ?? Data() }
      try Data(parts.joined()).write(to: URL(filePath: target))
    }
    _ = try await dataset.fetch(folder.options())
    #expect(folder.bytes("data/many") == Array("/1".utf8) + [7, 7] + Array("/4".utf8))
    #expect(folder.names == ["data/many", "numbers.dat", "two"])
  }

  @Test func manyTasksFetchOnce() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let conversions = Guarded(0)
    let dataset = numbersSet(.download([server.address("/a")])) { sources, target in
      conversions.withLock { $0 += 1 }
      try ((FileManager.default.contents(atPath: sources[0]) ?? Data()) + Data("END".utf8)).write(
        to: URL(filePath: target))
    }
    let options = folder.options()
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<20 { group.addTask { try await dataset.fetch(options) } }
      for try await path in group { #expect(path == folder.path("data/numbers.bin")) }
    }
    #expect(server.requests.count == 1)
    #expect(conversions.withLock { $0 } == 1)
    #expect(folder.names == fetchedNames + ["numbers.dat"])
  }

  @Test func waitingForAnotherTaskCanBeCancelled() async throws {
    let server = try HTTPServer { request, connection in
      connection.sendBeginning(10, of: numbers())
      connection.stall()
    }
    let address = server.address("/a")
    let waiting = Guarded(false)
    let options = folder.options { options in
      options.progress = { step in
        if step == .waiting(dataset: "numbers") { waiting.withLock { $0 = true } }
        return ProgressHandler { _ in }
      }
    }
    let first = Task { try await numbersSet(.download([address])).fetch(options) }
    #expect(await eventually { folder.bytes(partialName)?.count == 10 })
    let second = Task { try await numbersSet(.download([address])).fetch(options) }
    #expect(await eventually { waiting.withLock { $0 } })
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(server.requests.count == 1)
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    #expect(folder.names == partialNames + ["numbers.dat"])
  }

  @Test func progressIsInBytesStepByStep() async throws {
    let server = try HTTPServer { request, connection in
      if request.number == 0 { return connection.sendBeginning(40_000, of: numbers(), etag: "\"1\"") }
      connection.serve(numbers(), request, etag: "\"1\"")
    }
    let log = Guarded<[(FetchStep, ProgressState)]>([])
    let options = folder.options { options in
      options.progress = { step in ProgressHandler { state in log.withLock { $0.append((step, state)) } } }
    }
    _ = try await numbersSet(.download([server.address("/a")])).fetch(options)
    let ends = log.withLock { $0 }.filter { $0.1.phase != .running }
    #expect(
      ends.map(\.0) == [
        .download(file: "numbers.dat"), .download(file: "numbers.dat"), .verification(file: "numbers.dat"),
        .conversion(dataset: "numbers"),
      ])
    #expect(ends.map(\.1.phase) == [.abandoned, .finished, .finished, .finished])
    #expect(ends.map(\.1.completedCount) == [40_000, 100_000, 100_000, 0])
    #expect(ends.map(\.1.totalCount) == [100_000, 100_000, 100_000, nil])
    let starts = log.withLock { $0 }.filter { $0.0 == .download(file: "numbers.dat") }
    #expect(starts.first?.1.completedCount == 0)
    #expect(starts.contains { $0.1 == ProgressState(completedCount: 40_000, totalCount: 100_000) })
  }

  #if os(Linux)
    /// A file system of its own, where this user may mount one.
    @Test func aFullDiskIsATypedErrorAndTheDownloadGoesOnLater() async throws {
      let server = try HTTPServer { $1.serve(numbers(), $0, etag: "\"1\"") }
      let disk = folder.path("disk")
      mkdir(disk, 0o700)
      guard mount("tmpfs", disk, "tmpfs", 0, "size=64k") == 0 else { return }
      defer { umount(disk) }
      let options = folder.options { $0.folder = DataFolder(path: disk) }
      let dataset = numbersSet(.download([server.address("/a"), server.address("/b")]))
      let partial = disk + "/temp/numbers.bin.fetching/numbers.dat.unverified"
      let reason = String(cString: strerror(ENOSPC))
      await #expect(throws: DatasetError.cannotWrite(path: partial, reason: reason)) {
        try await dataset.fetch(options)
      }
      let prefix = "disk/temp/numbers.bin.fetching/numbers.dat.unverified"
      #expect(folder.names == [prefix, prefix + ".origin", "numbers.dat"])
      await #expect(throws: DatasetError.cannotWrite(path: partial, reason: reason)) {
        try await numbersSet(.copy(path: original)).fetch(options)
      }
      #expect(folder.names == ["numbers.dat"])
      await #expect(throws: DatasetError.cannotWrite(path: partial, reason: reason)) {
        try await dataset.fetch(options)
      }
      try #require(mount("tmpfs", disk, "tmpfs", UInt(MS_REMOUNT), "size=1m") == 0)
      _ = try await dataset.fetch(options)
      #expect(folder.bytes("disk/numbers.bin") == converted)
      #expect(server.requests.last?.rangeStart != nil)
      #expect(folder.names == ["disk/numbers.bin", "numbers.dat"])
    }
  #endif

  @Test func everyDescriptionIsOneLine() {
    let failures = [
      DownloadFailure.Reason.invalidAddress, .status(404), .connection("c"), .stalled(.seconds(60)),
      .noConnection(.seconds(60)), .noHandshake(.seconds(60)), .otherVersion,
      .truncated(expected: 2, found: 1), .wrongByteCount(expected: 2, found: 1),
      .wrongDigest(expected: "a", found: "b"),
      .wrongRange("r"), .redirect("to"), .unreadable("u"),
    ].map { DownloadFailure(address: "http://x/", reason: $0) }
    let errors: [DatasetError] = [
      .cannotOpen(path: "p", reason: "r"), .cannotRead(path: "p", reason: "r"), .cannotWrite(path: "p", reason: "r"),
      .notRegularFile(path: "p"), .missingFile(dataset: "d", path: "p"),
      .wrongDigest(path: "p", expected: "a", found: "b"),
      .wrongByteCount(path: "p", expected: 2, found: 1), .cannotDownload(dataset: "d", file: "f", failures: []),
      .cannotDownload(dataset: "d", file: "f", failures: failures), .offline(dataset: "d", file: "f", damage: nil),
      .offline(dataset: "d", file: "f", damage: "x"), .conversionFailed(dataset: "d", reason: "r"),
      .notCached(dataset: "d", path: "p"), .damaged(dataset: "d", path: "p", reason: "r"),
      .invalidDataFolder(setting: "s"), .belongsToAnotherUser(path: "p", owner: "u"), .symbolicLink(path: "p"),
    ]
    let texts = errors.map(\.description)
    for text in texts { #expect(!text.contains("\n") && text.count > 10) }
    #expect(Set(texts).count == texts.count)
    #expect(Set(failures.map(\.description)).count == failures.count)
    for failure in failures { #expect(texts[8].contains(failure.description)) }
  }
}
