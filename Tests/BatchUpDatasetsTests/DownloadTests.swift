import BatchUp
import Foundation
import Testing

@testable import BatchUpDatasets

/// What servers do to downloads, and what is on the disk afterwards.
@Suite(.timeLimit(.minutes(10))) struct DownloadTests {
  let folder: NumbersFolder

  init() throws {
    folder = try NumbersFolder()
  }

  /// The reasons of a fetch that fails, in the order of the addresses.
  func failures(
    _ addresses: [String], _ options: FetchOptions? = nil, sha256: String? = numbersDigest, byteCount: Int? = nil
  ) async -> [DownloadFailure.Reason] {
    let dataset = numbersSet(.download(addresses), sha256: sha256, byteCount: byteCount)
    let options = options ?? folder.options()
    let error = await #expect(throws: DatasetError.self) { try await dataset.fetch(options) }
    guard case .cannotDownload("numbers", "numbers.dat", let failures) = error else {
      Issue.record("\(error as Any)")
      return []
    }
    #expect(failures.map(\.address) == addresses)
    return failures.map(\.reason)
  }

  func expectFetched(_ addresses: [String], sha256: String? = numbersDigest, byteCount: Int? = nil) async throws {
    let path = try await numbersSet(.download(addresses), sha256: sha256, byteCount: byteCount).fetch(folder.options())
    #expect(path == folder.path("data/numbers.bin"))
    #expect(folder.names == fetchedNames)
    #expect(folder.bytes("data/numbers.bin") == converted)
  }

  @Test func aFileIsDownloadedOnceAndThenThere() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let dataset = numbersSet(.download([server.address("/numbers.dat")]))
    #expect(try !dataset.isCached(in: folder.data))
    try await expectFetched([server.address("/numbers.dat")])
    #expect(try dataset.isCached(in: folder.data))
    try await expectFetched([server.address("/numbers.dat")])
    #expect(server.requests.count == 1)
    #expect(server.requests[0].fields["accept-encoding"] == "identity")
    #expect(server.requests[0].fields["range"] == nil)
  }

  @Test(arguments: [numbersDigest, nil], [nil, 100_000])
  func whatIsKnownOfAFileMakesNoDifferenceWhereAllIsWell(sha256: String?, byteCount: Int?) async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    try await expectFetched([server.address("/a")], sha256: sha256, byteCount: byteCount)
  }

  @Test func namesWithSpacesAndOtherLetters() async throws {
    let folder = try NumbersFolder("Zähler 数 %41")
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let dataset = Dataset(
      name: "größe", file: "größe 数.bin",
      sources: [SourceFile("ä b%20?#.dat", from: .download([]), sha256: numbersDigest)]
    ) { try FileManager.default.moveItem(atPath: $0[0], toPath: $1) }
    _ = try await dataset.fetch(folder.options { $0.mirrors = [server.address("/x y")] })
    #expect(folder.names.map(\.precomposedStringWithCanonicalMapping) == ["data/größe 数.bin"])
    #expect(server.requests.map(\.path) == ["/x%20y/%C3%A4%20b%2520%3F%23.dat"])
  }

  @Test func aServerThatRecoversServes() async throws {
    let server = try HTTPServer { request, connection in
      request.number < 2 ? connection.respond(500) : connection.serve(numbers(), request)
    }
    try await expectFetched([server.address("/a")])
    #expect(server.requests.count == 3)
  }

  @Test func addressesAreTriedInTheirOrderMirrorsFirst() async throws {
    let server = try HTTPServer { request, connection in
      switch request.path {
      case "/good": connection.serve(numbers(), request)
      case "/wrong": connection.serve(numbers(seed: 1), request)
      default: connection.respond(404)
      }
    }
    let mirrors = [server.address("/m1"), server.address("/m2/"), "nonsense", "gopher://x"]
    let addresses = [
      "http://127.0.0.1:1/x", server.address("/wrong"), server.address("/good"), server.address("/late"),
    ]
    let options = folder.options { $0.mirrors = mirrors }
    _ = try await numbersSet(.download(addresses)).fetch(options)
    #expect(server.requests.map(\.path) == ["/m1/numbers.dat", "/m2/numbers.dat", "/wrong", "/good"])
    #expect(folder.names == fetchedNames)
  }

  @Test func eachAddressIsListedWithItsReason() async throws {
    let server = try HTTPServer { request, connection in
      if request.path == "/wrong" { connection.serve(numbers(seed: 1), request) } else { connection.respond(404) }
    }
    let reasons = await failures(
      [server.address("/no"), server.address("/wrong"), "http://127.0.0.1:1/x", "nonsense", "file:///no/such/file"])
    try #require(reasons.count == 5)
    #expect(reasons[0] == .status(404))
    guard case .wrongDigest(numbersDigest, let found) = reasons[1] else { throw NotWhole() }
    #expect(found.count == 64 && found != numbersDigest)
    guard case .connection = reasons[2] else { throw NotWhole() }
    #expect(reasons[3] == .invalidAddress)
    #expect(reasons[4] == .unreadable("there is no such file"))
    #expect(server.requests.count == 2)
    #expect(folder.names == [])
  }

  @Test func cancellationEndsADownloadAndKeepsWhatIsThere() async throws {
    let server = try HTTPServer { request, connection in
      if request.rangeStart != nil { return connection.serve(numbers(), request, etag: "\"1\"") }
      connection.sendBeginning(50_000, of: numbers(), etag: "\"1\"")
      connection.stall()
    }
    let address = server.address("/a")
    let options = folder.options()
    let task = Task { try await numbersSet(.download([address])).fetch(options) }
    #expect(await eventually { folder.bytes(partialName)?.count == 50_000 })
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(folder.names == partialNames)
    try await expectFetched([address])
    #expect(server.requests.map(\.rangeStart) == [nil, 50_000])
  }

  @Test func cancellationEndsAPauseBetweenTries() async throws {
    let server = try HTTPServer { $1.respond(500) }
    let options = folder.options { $0.limits.backOff = .seconds(1_000_000) }
    let address = server.address("/a")
    let task = Task { try await numbersSet(.download([address])).fetch(options) }
    #expect(await eventually { server.requests.count == 1 })
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(folder.names == [])
  }

  @Test func aTaskThatIsCancelledAlready() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let (address, options) = (server.address("/a"), folder.options())
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await numbersSet(.download([address])).fetch(options)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(server.requests.isEmpty)
    #expect(folder.names == [])
  }
}
