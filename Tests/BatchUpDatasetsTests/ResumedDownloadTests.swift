import BatchUp
import Foundation
import Testing

@testable import BatchUpDatasets

/// Downloads that break off, and go on where they were, or start anew.
@Suite(.timeLimit(.minutes(10))) struct ResumedDownloadTests {
  let folder: NumbersFolder

  init() throws {
    folder = try NumbersFolder()
  }

  func expectFetched(_ server: HTTPServer, sha256: String? = numbersDigest) async throws {
    _ = try await numbersSet(.download([server.address("/a")]), sha256: sha256).fetch(folder.options())
    #expect(folder.names == fetchedNames)
    #expect(folder.bytes("data/numbers.bin") == converted)
  }

  /// A server whose first answer breaks off.
  func server(
    etag: String? = nil, lastModified: String? = nil, _ answer: @escaping HTTPServer.Answer
  ) throws -> HTTPServer {
    try HTTPServer { request, connection in
      if request.number > 0 { return answer(request, connection) }
      var fields = ["Content-Length": "100000"]
      fields["ETag"] = etag
      fields["Last-Modified"] = lastModified
      connection.send(connection.head(200, fields))
      connection.send(numbers()[..<40_000])
    }
  }

  @Test(arguments: ["\"1\"", nil], ["Wed, 21 Oct 2015 07:28:00 GMT", nil])
  func theRestIsAskedFor(etag: String?, date: String?) async throws {
    let server = try server(etag: etag, lastModified: date) {
      $1.serve(numbers(), $0, etag: etag, lastModified: date)
    }
    try await expectFetched(server)
    #expect(server.requests.map(\.rangeStart) == [nil, 40_000])
    #expect(server.requests.last?.fields["if-range"] == etag ?? date)
  }

  @Test func threeTriesAndThenTheNextRun() async throws {
    let server = try HTTPServer { request, connection in
      let start = request.rangeStart ?? 0
      let body = numbers()
      let fields = ["Content-Length": "\(body.count - start)", "Content-Range": "bytes \(start)-99999/100000"]
      connection.send(connection.head(start > 0 ? 206 : 200, fields))
      connection.send(body[start..<min(start + 30_000, body.count)])
    }
    let dataset = numbersSet(.download([server.address("/a")]))
    let failure = DownloadFailure(
      address: server.address("/a"), reason: .truncated(expected: 100_000, found: 90_000))
    await #expect(throws: DatasetError.cannotDownload(dataset: "numbers", file: "numbers.dat", failures: [failure])) {
      try await dataset.fetch(folder.options())
    }
    #expect(folder.names == partialNames)
    try await expectFetched(server)
    #expect(server.requests.map(\.rangeStart) == [nil, 30_000, 60_000, 90_000])
  }

  @Test func weakValidatorsAreNone() async throws {
    let server = try server(etag: "W/\"1\"") { $1.serve(numbers(), $0) }
    try await expectFetched(server)
    #expect(server.requests.last?.rangeStart == 40_000)
    #expect(server.requests.last?.fields["if-range"] == nil)
  }

  @Test func withoutDigestAndValidatorAllIsDownloadedAgain() async throws {
    let server = try server { $1.serve(numbers(), $0) }
    try await expectFetched(server, sha256: nil)
    #expect(server.requests.map(\.rangeStart) == [nil, nil])
  }

  @Test func withAValidatorNoDigestIsNeeded() async throws {
    let server = try server(etag: "\"1\"") { $1.serve(numbers(), $0, etag: "\"1\"") }
    try await expectFetched(server, sha256: nil)
    #expect(server.requests.map(\.rangeStart) == [nil, 40_000])
  }

  @Test(arguments: [numbersDigest, nil])
  func aFileThatHasChangedIsDownloadedAnew(sha256: String?) async throws {
    let another = numbers(seed: 1)
    let server = try HTTPServer { request, connection in
      if request.number == 0 { return connection.sendBeginning(40_000, of: another, etag: "\"1\"") }
      connection.serve(numbers(), request, etag: "\"2\"")
    }
    try await expectFetched(server, sha256: sha256)
    #expect(server.requests.map { $0.fields["if-range"] } == [nil, "\"1\""])
  }

  /// A server that knows ranges, but not `If-Range`.
  @Test(
    arguments: [numbersDigest, nil],
    [
      (["ETag": "\"1\""], ["ETag": "\"2\""]), (["ETag": "\"1\""], ["ETag": "W/\"1\""]),
      (["Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"], ["Last-Modified": "Wed, 21 Oct 2015 07:28:01 GMT"]),
      (
        ["ETag": "\"1\"", "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"],
        ["ETag": "\"2\"", "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"]
      ),
    ])
  func partsOfTwoVersionsAreNotPutTogether(
    sha256: String?, versions: ([String: String], [String: String])
  ) async throws {
    let server = try HTTPServer { request, connection in
      if request.number == 0 {
        connection.send(connection.head(200, versions.0.merging(["Content-Length": "100000"]) { $1 }))
        connection.send(numbers(seed: 1)[..<40_000])
        return
      }
      let start = request.rangeStart ?? 0
      let range = start > 0 ? ["Content-Range": "bytes \(start)-99999/100000"] : [:]
      connection.respond(start > 0 ? 206 : 200, versions.1.merging(range) { $1 }, body: Array(numbers()[start...]))
    }
    try await expectFetched(server, sha256: sha256)
    #expect(server.requests.map(\.rangeStart) == [nil, 40_000, nil])
  }

  /// Of a file that has changed, or not: without a digest, only a validator can tell.
  @Test(arguments: [numbersDigest, nil]) func aRestWithoutAValidator(sha256: String?) async throws {
    let server = try server(etag: "\"1\"") { request, connection in
      guard let start = request.rangeStart else { return connection.serve(numbers(), request) }
      connection.respond(206, ["Content-Range": "bytes \(start)-99999/100000"], body: Array(numbers()[start...]))
    }
    try await expectFetched(server, sha256: sha256)
    #expect(server.requests.map(\.rangeStart) == [nil, 40_000] + (sha256 == nil ? [nil] : []))
  }

  @Test func aFileThatChangesAgainAndAgain() async throws {
    let server = try HTTPServer { request, connection in
      let start = request.rangeStart ?? 0
      var fields = ["ETag": "\"\(request.number)\"", "Content-Length": "\(100_000 - start)"]
      if start > 0 { fields["Content-Range"] = "bytes \(start)-99999/100000" }
      connection.send(connection.head(start > 0 ? 206 : 200, fields))
      connection.send(numbers()[start..<start + 30_000])
    }
    let failure = DownloadFailure(
      address: server.address("/a"), reason: .truncated(expected: 100_000, found: 30_000))
    await #expect(throws: DatasetError.cannotDownload(dataset: "numbers", file: "numbers.dat", failures: [failure])) {
      try await numbersSet(.download([server.address("/a")]), sha256: nil).fetch(folder.options())
    }
    #expect(server.requests.map(\.rangeStart) == [nil, 30_000, nil, 30_000, nil])
  }

  /// The file may change a second time in the second in which it has changed.
  @Test func theDateOfThisVerySecondIsNoValidator() async throws {
    let date = "Wed, 21 Oct 2015 07:28:00 GMT"
    let server = try HTTPServer { request, connection in
      if request.number > 0 { return connection.serve(numbers(), request, lastModified: date) }
      connection.send(connection.head(200, ["Content-Length": "100000", "Last-Modified": date, "Date": date]))
      connection.send(numbers(seed: 1)[..<40_000])
    }
    try await expectFetched(server, sha256: nil)
    #expect(server.requests.map(\.rangeStart) == [nil, nil])
  }

  @Test func bytesOfAnotherFileAreFoundByTheDigest() async throws {
    let another = numbers(seed: 1)
    let server = try HTTPServer { request, connection in
      if request.number == 0 { return connection.sendBeginning(40_000, of: another) }
      connection.serve(numbers(), request)
    }
    try await expectFetched(server)
    #expect(server.requests.map(\.rangeStart) == [nil, 40_000, nil])
  }

  @Test func serversWithoutRangesSendAllAgain() async throws {
    let server = try server(etag: "\"1\"") { $1.respond(200, ["ETag": "\"1\""], body: numbers()) }
    try await expectFetched(server)
    #expect(server.requests.count == 2)
  }

  @Test(arguments: [
    "bytes 0-99999/100000", "bytes 40001-99999/100000", "bytes 40000-99998/99999", "bytes 40000-99998/100000",
    "bytes 40000-99999/100001", "bytes */100000", "bytes", "", "bytes 40000-39999/100000", "lines 40000-99999/100000",
    "bytes 40000-99999999999999999999/*", "bytes 40000-99999/100000, bytes 1-2/3",
  ])
  func otherBytesThanAskedForAreNotTaken(range: String) async throws {
    let server = try server(etag: "\"1\"") { request, connection in
      guard request.rangeStart != nil else { return connection.serve(numbers(), request) }
      connection.respond(206, ["Content-Range": range], body: numbers(60_000, seed: 2))
    }
    // Not by the digest alone.
    try await expectFetched(server, sha256: nil)
    #expect(server.requests.map(\.rangeStart) == [nil, 40_000, nil])
  }

  @Test func rangesOfUnknownTotalAreTaken() async throws {
    let server = try server { request, connection in
      connection.respond(206, ["Content-Range": "bytes 40000-99999/*"], body: Array(numbers()[40_000...]))
    }
    try await expectFetched(server)
    #expect(server.requests.count == 2)
  }

  @Test func rangesThatCannotBeHadAreNotAskedForAgain() async throws {
    let server = try server(etag: "\"1\"") { request, connection in
      request.rangeStart == nil ? connection.serve(numbers(), request) : connection.respond(416)
    }
    try await expectFetched(server)
    #expect(server.requests.map(\.rangeStart) == [nil, 40_000, nil])
  }

  @Test func anotherAddressGoesOnWhereADigestDecides() async throws {
    let server = try HTTPServer { request, connection in
      switch request.path {
      case "/a": connection.sendBeginning(request.number < 3 ? 40_000 : 0, of: numbers(), etag: "\"a\"")
      default: connection.serve(numbers(), request, etag: "\"b\"")
      }
    }
    _ = try await numbersSet(.download([server.address("/a"), server.address("/b")])).fetch(folder.options())
    #expect(folder.bytes("data/numbers.bin") == converted)
    let requests = server.requests(for: "/b")
    #expect(requests.map(\.rangeStart) == [40_000])
    #expect(requests.map { $0.fields["if-range"] } == [nil])
  }

  @Test func aServerThatFallsSilentIsLeftAndAskedAgain() async throws {
    let silent = try HTTPServer { request, connection in
      if request.rangeStart == nil {
        connection.sendBeginning(40_000, of: numbers(), etag: "\"1\"")
        return connection.stall()
      }
      if request.number < 2 { return connection.stall() }
      connection.serve(numbers(), request, etag: "\"1\"")
    }
    // On a machine with much to do, servers seem silent that are not; so there are more tries than needed.
    let options = folder.options { options in
      options.limits.stall = .milliseconds(400)
      options.limits.tryCount = 1000
      options.limits.backOff = .zero
    }
    _ = try await numbersSet(.download([silent.address("/a")])).fetch(options)
    #expect(folder.bytes("data/numbers.bin") == converted)
    // The last one may be one that was given up before the server came to it.
    #expect(silent.requests.count > 2 && silent.requests.contains { $0.rangeStart != nil })
  }

  @Test func aServerThatDiesAndComesBack() async throws {
    let first = try HTTPServer { request, connection in
      connection.sendBeginning(40_000, of: numbers(), etag: "\"1\"")
      connection.stall()
    }
    let (port, address) = (first.port, first.address("/a"))
    // Long enough for the server to come back, on a machine with much to do.
    let options = folder.options { options in
      options.limits.backOff = .milliseconds(200)
      options.limits.tryCount = 100
    }
    async let path = numbersSet(.download([address])).fetch(options)
    #expect(await eventually { folder.bytes(partialName)?.count == 40_000 })
    first.stop()
    let second = try HTTPServer(port: port) { $1.serve(numbers(), $0, etag: "\"1\"") }
    _ = try await path
    #expect(folder.bytes("data/numbers.bin") == converted)
    #expect(second.requests.map(\.rangeStart) == [40_000])
  }

  /// Whatever is at the places of partial downloads: less or more than all, of other files, or nothing that makes sense.
  @Test func whatEarlierRunsHaveLeft() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0, etag: "\"1\"") }
    let address = server.address("/a")
    let record = { (count: String) in
      Array("\(address)\n\"1\"\n\(count)\n".utf8)
    }
    let partials = [
      [], numbers(1), numbers(99_999), numbers(), numbers(100_001), numbers(200_000), numbers(50_000, seed: 3),
      numbers(seed: 3),
    ]
    let records: [[UInt8]] = [
      [], record("100000"), record(""), record("-1"), record("99"), [0xFF, 0], numbers(90_000),
    ]
    for partial in partials {
      for record in records {
        try folder.write(partial, partialName)
        try folder.write(record, partialName + ".origin")
        try folder.write([1], "data/temp/numbers.bin.fetching/.batchup-converted/.batchup-17")
        try folder.write([1], "data/temp/numbers.bin.fetching/.batchup-4711")
        try folder.write([1], "data/temp/numbers.bin.fetching/.batchup-lock")
        try folder.write(numbers(seed: 4), "data/temp/numbers.bin.fetching/numbers.dat")
        try await expectFetched(server)
        try await numbersSet(.download([])).remove(from: folder.data)
        #expect(folder.names == [])
      }
    }
  }

  @Test func aWholeDownloadIsNotDownloadedAgain() async throws {
    let server = try HTTPServer { $1.respond(404) }
    let record = "\(server.address("/a"))\n\n100000\n"
    try folder.write(numbers(), partialName)
    try folder.write(Array(record.utf8), partialName + ".origin")
    try await expectFetched(server)
    try await numbersSet(.download([])).remove(from: folder.data)
    try folder.write(numbers(), "data/temp/numbers.bin.fetching/numbers.dat")
    try await expectFetched(server)
    try await numbersSet(.download([])).remove(from: folder.data)
    // Where Python's BatchUp leaves it.
    try folder.write(numbers(), "data/temp/numbers.dat")
    try await expectFetched(server)
    #expect(server.requests.isEmpty)
  }
}
