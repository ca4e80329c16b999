import BatchUp
import BatchUpSystem
import Foundation
import TestSupport
import Testing

@testable import BatchUpDatasets

/// Answers of all kinds.
extension DownloadTests {
  @Test(arguments: [301, 302, 303, 307, 308])
  func redirectsAreFollowed(status: Int) async throws {
    let server = try HTTPServer { request, connection in
      switch request.path {
      case "/a/old": connection.respond(status, ["Location": "../b/new"], body: [1, 2, 3])
      case "/b/new": connection.respond(status, ["Location": "http://\(request.fields["host"] ?? "")/c"])
      default: connection.serve(numbers(), request)
      }
    }
    try await expectFetched([server.address("/a/old")])
    #expect(server.requests.map(\.path) == ["/a/old", "/b/new", "/c"])
  }

  @Test func aRangeIsAskedForBehindARedirectToo() async throws {
    let server = try HTTPServer { request, connection in
      if request.path == "/old" { return connection.respond(302, ["Location": "/new"]) }
      if request.number == 0 { return connection.sendBeginning(1000, of: numbers(), etag: "\"1\"") }
      connection.serve(numbers(), request, etag: "\"1\"")
    }
    try await expectFetched([server.address("/old")])
    #expect(server.requests(for: "/new").map(\.rangeStart) == [nil, 1000])
  }

  @Test func redirectsInACircleAndElsewhere() async throws {
    let server = try HTTPServer { request, connection in
      let next = ["/loop": "/loop", "/file": "file:///etc/passwd", "/ftp": "ftp://127.0.0.1/x"][request.path]
      connection.respond(302, ["Location": next ?? "/"])
    }
    let reasons = await failures(["/loop", "/file", "/ftp"].map(server.address))
    for reason in reasons {
      if case .redirect = reason { continue }
      Issue.record("\(reason)")
    }
    #expect(server.requests.count == 13)
    #expect(folder.names == [])
  }

  @Test func aStatusNeedsNoReason() async throws {
    let server = try HTTPServer { _, connection in
      if connection.send("HTTP/1.1 200\r\nContent-Length: \(numbers().count)\r\n\r\n") { connection.send(numbers()) }
    }
    try await expectFetched([server.address("/a")])
  }

  @Test(arguments: [400, 401, 403, 404, 410, 501, 503, 500, 429, 408, 204, 206, 416])
  func statusesThatBringNoFile(status: Int) async throws {
    let server = try HTTPServer { _, connection in
      connection.respond(status, body: status == 204 ? [] : Array("sorry".utf8))
    }
    let reasons = await failures([server.address("/a")])
    let isTemporary = status >= 500 || status == 429 || status == 408
    if status == 206 {
      #expect(reasons == [.wrongRange("no Content-Range")])
    } else {
      #expect(reasons == [.status(status)])
      #expect(server.requests.count == (isTemporary ? 3 : 1))
    }
    #expect(folder.names == [])
  }

  @Test func lengthsThatAreNotAnnounced() async throws {
    let server = try HTTPServer { request, connection in
      let body = numbers()
      switch request.path {
      case "/chunked":
        connection.send(connection.head(200, ["Transfer-Encoding": "chunked"]))
        for start in stride(from: 0, to: body.count, by: 30_000) {
          let piece = body[start..<min(start + 30_000, body.count)]
          connection.send(String(piece.count, radix: 16) + "\r\n")
          connection.send(piece)
          connection.send("\r\n")
        }
        connection.send("0\r\n\r\n")
      default:
        connection.send(connection.head(200, [:]))
        connection.send(body)
      }
    }
    for path in ["/chunked", "/closed"] {
      try await expectFetched([server.address(path)])
      try await numbersSet(.download([])).remove(from: folder.data)
      #expect(folder.names == [])
    }
  }

  @Test func moreThanTheKnownSizeIsNotDownloaded() async throws {
    let server = try HTTPServer { request, connection in
      if request.path == "/long" { return connection.respond(200, body: numbers(100_001)) }
      connection.send(connection.head(200, [:]))
      while connection.send(numbers()) {}
    }
    let reasons = await failures(["/long", "/endless"].map(server.address), byteCount: 100_000)
    #expect(reasons.first == .wrongByteCount(expected: 100_000, found: 100_001))
    guard case .wrongByteCount(100_000, let found) = reasons.last else { throw NotWhole() }
    #expect(found > 100_000)
    #expect(folder.names == [])
  }

  @Test func emptyFiles() async throws {
    let server = try HTTPServer { $1.serve([], $0) }
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for (sha256, name) in [(digest, "a"), (nil, "b")] {
      let dataset = Dataset(
        name: name, file: name, sources: [SourceFile("x", from: .download([server.address("/x")]), sha256: sha256)]
      ) { try FileManager.default.moveItem(atPath: $0[0], toPath: $1) }
      _ = try await dataset.fetch(folder.options())
    }
    #expect(folder.names == ["data/a", "data/b"])
  }

  @Test func serversThatCompressAllTheSame() async throws {
    let hello: [UInt8] = [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0,
    ]
    let server = try HTTPServer { $1.respond(200, ["Content-Encoding": "gzip", "ETag": "\"1\""], body: hello) }
    let dataset = Dataset(
      name: "hello", file: "hello",
      sources: [
        SourceFile(
          "x", from: .download([server.address("/x")]),
          sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", byteCount: 5)
      ]
    ) { try FileManager.default.moveItem(atPath: $0[0], toPath: $1) }
    _ = try await dataset.fetch(folder.options())
    #expect(folder.bytes("data/hello") == Array("hello".utf8))
  }

  @Test func aServerThatIsNoneOfHTTPS() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let reasons = await failures([server.address("/a").replacing("http:", with: "https:")])
    guard case .connection = reasons.first else { throw NotWhole() }
    #expect(folder.names == [])
  }

  /// What cannot be written yet waits at the server, not in memory.
  @Test func noMoreIsReadThanCanBeHandedOn() async throws {
    let total = 400_000_000
    let sent = Guarded<Int?>(nil)
    let server = try HTTPServer { request, connection in
      connection.send(connection.head(200, ["Content-Length": "\(total)"]))
      connection.limitSending(seconds: 1)
      var count = 0
      let piece = numbers(1 << 16)
      while count < total, connection.send(piece) { count += piece.count }
      sent.withLock { $0 = count }
    }
    let options = folder.options { options in
      options.limits.tryCount = 1
      options.progress = { _ in
        // Takes the first bytes only when the server can send no more.
        ProgressHandler { state in
          while state.completedCount > 0, sent.withLock({ $0 }) == nil { letOthersRun() }
        }
      }
    }
    let dataset = numbersSet(.download([server.address("/a")]))
    await #expect(throws: DatasetError.self) { try await dataset.fetch(options) }
    let count = try #require(sent.withLock { $0 })
    #expect(count < total / 4)
    #expect(folder.names == partialNames)
  }

  @Test func nonsenseInsteadOfHTTP() async throws {
    let answers: [[UInt8]] = [
      [], Array("nonsense\r\n\r\n".utf8), numbers(5000), Array("HTTP/1.1\r\n\r\n".utf8),
      Array("HTTP/1.1 999999999999 X\r\n\r\nx".utf8), Array("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx".utf8),
      Array("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx".utf8),
      Array("HTTP/1.1 200 OK\r\nno colon\r\n: no name\r\nX\u{0}Y: \u{1}\r\n\r\nx".utf8),
      Array("HTTP/1.1 302 Found\r\n\r\n".utf8), Array("HTTP/1.1 302 Found\r\nLocation: http://[:::/\r\n\r\n".utf8),
      Array("HTTP/1.1 302 Found\r\nLocation: \r\n\r\n".utf8), Array("HTTP/1.1 100 Continue\r\n\r\n".utf8),
      Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".utf8),
      Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip".utf8),
      Array("HTTP/1.1 200 OK\r\nX: ".utf8) + [UInt8](repeating: 65, count: 300_000) + Array("\r\n\r\nx".utf8),
      Array("HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\nabc".utf8), [0xFF, 0xFE, 0, 0, 10, 13, 10],
      Array("HTTP/1.1 200 \u{FF}\r\nETag: \u{FF}\r\n\r\n".utf8), Array("HTTP/0.9 200 OK\n\nx".utf8),
      Array("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n".utf8),
      Array("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n".utf8),
    ]
    let server = try HTTPServer { request, connection in
      connection.send(answers[Int(request.path.dropFirst()) ?? 0])
    }
    let reasons = await failures(answers.indices.map { server.address("/\($0)") })
    #expect(reasons.count == answers.count)
  }
}
