import BatchUp
import Foundation
import TestSupport
import Testing

@testable import BatchUpDatasets

/// Processes that fetch the same data set at once, or are killed while they do.
@Suite(.timeLimit(.minutes(10))) struct FetchProcessTests {
  let folder: NumbersFolder

  init() throws {
    folder = try NumbersFolder("with space")
  }

  func expectFetched(_ server: HTTPServer) async throws {
    _ = try await numbersSet(.download([server.address("/a")])).fetch(folder.options())
    #expect(folder.names == fetchedNames)
    #expect(folder.bytes("data/numbers.bin") == converted)
  }

  @Test func processesAtOnceFetchOnce() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    for round in 0..<10 {
      let processes = try (0..<6).map { _ in try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest) }
      for process in processes {
        let text = await process.wait()
        #expect(text == "fetched \(folder.path("data/numbers.bin"))\n")
      }
      #expect(server.requests.count == round + 1)
      #expect(folder.names == fetchedNames)
      #expect(folder.bytes("data/numbers.bin") == converted)
      unlink(folder.path("data/numbers.bin"))
    }
  }

  @Test func aProcessThatIsKilledWhileItDownloads() async throws {
    let server = try HTTPServer { request, connection in
      if request.rangeStart ?? 0 >= 60_000 { return connection.serve(numbers(), request, etag: "\"1\"") }
      let start = request.rangeStart ?? 0
      let fields = ["Content-Length": "\(100_000 - start)", "Content-Range": "bytes \(start)-99999/100000"]
      connection.send(connection.head(start > 0 ? 206 : 200, fields.merging(["ETag": "\"1\""]) { $1 }))
      connection.send(numbers()[start..<start + 30_000])
      connection.stall()
    }
    for count in [30_000, 60_000] {
      let process = try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest)
      #expect(await eventually { folder.bytes(partialName)?.count == count })
      process.kill()
      #expect(folder.names == (partialNames + ["data/temp/numbers.bin.fetching/.batchup-lock"]).sorted())
    }
    try await expectFetched(server)
    #expect(server.requests.map(\.rangeStart) == [nil, 30_000, 60_000])
  }

  @Test func aProcessThatIsKilledWhileItConverts() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let process = try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest, "hang")
    #expect(await process.readLine() == "converting\n")
    process.kill()
    let workspace = "data/temp/numbers.bin.fetching/"
    #expect(
      folder.names == [
        workspace + ".batchup-converted/.batchup-0", workspace + ".batchup-converted/numbers.bin",
        workspace + ".batchup-lock", workspace + "numbers.dat",
      ])
    let dataset = numbersSet(.download([server.address("/a")])) { _, target in
      let folder = URL(filePath: target).deletingLastPathComponent().path(percentEncoded: false)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
      throw NotWhole()
    }
    await #expect(throws: DatasetError.self) { try await dataset.fetch(folder.options()) }
    #expect(folder.names == [workspace + "numbers.dat"])
    try await expectFetched(server)
    #expect(server.requests.count == 1)
  }

  /// What serves the next time is left by a process that ends by a signal, and nothing else.
  @Test func aProcessThatEndsLeavesNothingHalfMade() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let downloading = try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest, "end-downloading")
    #expect(await downloading.wait().isEmpty)
    #expect(folder.names == partialNames.sorted())
    let converting = try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest, "end-converting")
    #expect(await converting.wait().isEmpty)
    #expect(folder.names == ["data/temp/numbers.bin.fetching/numbers.dat"])
    try await expectFetched(server)
    #expect(server.requests.count == 2)
  }

  @Test func aProcessThatWaitsGoesOnWhereAKilledOneHasTheLock() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let first = try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest, "hang")
    #expect(await first.readLine() == "converting\n")
    let waiting = try (0..<3).map { _ in try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest) }
    first.kill()
    for process in waiting {
      let text = await process.wait()
      #expect(text == "fetched \(folder.path("data/numbers.bin"))\n")
    }
    #expect(server.requests.count == 1)
    #expect(folder.names == fetchedNames)
    #expect(folder.bytes("data/numbers.bin") == converted)
  }

  #if os(Linux)
    /// A server of HTTPS whose certificate the test makes, where `openssl` and Python are there. Foundation trusts what is in
    /// a file of the system; where this user may, the process that is to trust the server sees another one in its place.
    @Test func serversOfHTTPSMustBeTrusted() async throws {
      let files = try NumbersFolder()
      let (key, certificate) = (files.path("key.pem"), files.path("certificate.pem"))
      try files.write(numbers(), "numbers.dat")
      let program = """
        import http.server, os, ssl
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("certificate.pem", "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        for i in range(20): server.handle_request()
        """
      let script = try files.write(Array(program.utf8), "serve.py")
      let openssl = try FixtureProcess(
        executable: "/usr/bin/env", "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
        certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
      _ = await openssl.wait()
      guard FileManager.default.fileExists(atPath: certificate) else { return }
      let server = try FixtureProcess(executable: "/usr/bin/env", "python3", script)
      guard let port = Int(await server.readLine().dropLast()) else { return }
      let address = "https://127.0.0.1:\(port)/numbers.dat"
      let distrustful = try FixtureProcess(folder.data.path, address, numbersDigest)
      let message = await distrustful.wait()
      #expect(message.contains("certificate"), "\(message)")
      #expect(folder.names == [])
      let replace = "mount --bind \"$0\" /etc/ssl/certs/ca-certificates.crt || exit 0; echo ready; exec \"$@\""
      let trusting = try FixtureProcess(
        executable: "/usr/bin/env", "unshare", "-m", "sh", "-c", replace, certificate, fetchFixturePath,
        folder.data.path, address, numbersDigest)
      guard await trusting.readLine() == "ready\n" else { return }
      #expect(await trusting.wait() == "fetched \(folder.path("data/numbers.bin"))\n")
      #expect(folder.names == fetchedNames)
      #expect(folder.bytes("data/numbers.bin") == converted)
    }
  #endif

  /// Killed at whatever moment, again and again: what is there is whole, or the next one makes it.
  @Test func processesThatAreKilledAnywhere() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0, etag: "\"1\"") }
    for i in 0..<20 {
      let process = try FixtureProcess(folder.data.path, server.address("/a"), numbersDigest)
      // Some while they start, some at their first signs of life on the disk or at the server, some at the end.
      switch i % 4 {
      case 0: break
      case 1: #expect(await eventually { server.requests.count > i / 4 || !folder.names.isEmpty })
      case 2: #expect(await eventually { folder.has("data/temp/numbers.bin.fetching/numbers.dat") || process.hasEnded })
      default:
        #expect(
          await eventually { folder.has("data/temp/numbers.bin.fetching/.batchup-converted") || process.hasEnded })
      }
      process.kill()
      if let bytes = folder.bytes("data/numbers.bin") { #expect(bytes == converted) }
      if i % 3 == 0 { try await numbersSet(.download([])).remove(from: folder.data) }
    }
    try await expectFetched(server)
  }
}
