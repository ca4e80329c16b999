import BatchUp
import Foundation
import Testing

@testable import BatchUpDatasets

/// Servers that send next to nothing, or not even that: none of them keeps the next address from being tried.
@Suite(.timeLimit(.minutes(10))) struct SlowServerTests {
  let folder: NumbersFolder
  /// Has the file, and is never slow.
  let next: String

  init() throws {
    folder = try NumbersFolder()
    next = URL(filePath: try folder.write(numbers(), "mine/numbers.dat")).absoluteString
  }

  /// With limits that each of the servers exceeds in the end, however little time a machine has for them.
  func expectNextAddress(
    after address: String, _ limit: WritableKeyPath<FetchLimits, Duration> & Sendable,
    _ reason: (Duration) -> DownloadFailure.Reason
  ) async throws {
    let reason = reason(.milliseconds(200))
    let options = folder.options { options in
      options.limits.tryCount = 2
      options.limits[keyPath: limit] = .milliseconds(200)
      options.limits.leastByteCount = 1 << 30
    }
    let failure = DownloadFailure(address: address, reason: reason)
    let error = DatasetError.cannotDownload(dataset: "numbers", file: "numbers.dat", failures: [failure])
    await #expect(throws: error) { try await numbersSet(.download([address])).fetch(options) }
    _ = try await numbersSet(.download([address, next])).fetch(options)
    #expect(folder.bytes("data/numbers.bin") == converted)
    #expect(folder.names == fetchedNames + ["mine/numbers.dat"])
  }

  @Test func bodiesThatDrip() async throws {
    let server = try HTTPServer { request, connection in
      connection.send(connection.head(200, ["Content-Length": "1000000000000"]))
      connection.drip([1])
    }
    try await expectNextAddress(after: server.address("/a"), \.stall) { .stalled($0) }
  }

  @Test func chunksThatDrip() async throws {
    let server = try HTTPServer { request, connection in
      connection.send(connection.head(200, ["Transfer-Encoding": "chunked"]))
      connection.drip("1\r\nx\r\n".utf8)
    }
    try await expectNextAddress(after: server.address("/a"), \.stall) { .stalled($0) }
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 302 Found\r\nLocation: /b\r\n", "HTTP/1.1 500 No\r\n"])
  func headersThatDrip(start: String) async throws {
    let server = try HTTPServer { request, connection in
      connection.send(start)
      connection.drip("X: y\r\n".utf8)
    }
    try await expectNextAddress(after: server.address("/a"), \.stall) { .stalled($0) }
  }

  @Test func interimAnswersWithoutEnd() async throws {
    let server = try HTTPServer { $1.drip("HTTP/1.1 100 Continue\r\n\r\n".utf8) }
    try await expectNextAddress(after: server.address("/a"), \.stall) { .stalled($0) }
  }

  @Test func serversThatSayNothing() async throws {
    let server = try HTTPServer { $1.stall() }
    try await expectNextAddress(after: server.address("/a"), \.stall) { .stalled($0) }
    #expect(server.requests.count == 4)
  }

  /// A server of plain HTTP waits for a line, and its client for an answer to the start of TLS.
  @Test func httpsAtAPortThatDoesNotAnswer() async throws {
    let port = try SilentPort()
    let address = "https://127.0.0.1:\(port.number)/a"
    try await expectNextAddress(after: address, \.connection) { .noHandshake($0) }
    withExtendedLifetime(port) {}
  }

  #if os(Linux)
    @Test func aPortThatTakesNoConnection() async throws {
      let port = try SilentPort()
      port.fill()
      let address = "http://127.0.0.1:\(port.number)/a"
      try await expectNextAddress(after: address, \.connection) { .noConnection($0) }
      withExtendedLifetime(port) {}
    }
  #endif
}
