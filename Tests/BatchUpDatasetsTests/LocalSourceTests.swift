import BatchUp
import Foundation
import Testing

@testable import BatchUpDatasets

/// Sources that are on this machine already: copies, existing files, folders, `file:` addresses, and no network.
@Suite(.timeLimit(.minutes(10))) struct LocalSourceTests {
  let folder: NumbersFolder
  let original: String

  init() throws {
    folder = try NumbersFolder("with space %41 ü")
    original = try folder.write(numbers(), "mine/numbers.dat")
  }

  /// With the original as it was.
  func expectFetched(_ dataset: Dataset, _ options: FetchOptions? = nil) async throws {
    #expect(try await dataset.fetch(options ?? folder.options()) == folder.path("data/numbers.bin"))
    #expect(folder.names == fetchedNames + ["mine/numbers.dat"])
    #expect(folder.bytes("data/numbers.bin") == converted)
    #expect(folder.bytes("mine/numbers.dat") == numbers())
  }

  func expectFailure(_ dataset: Dataset, _ expected: DatasetError, _ options: FetchOptions? = nil) async {
    await #expect(throws: expected) { try await dataset.fetch(options ?? folder.options()) }
    #expect(folder.names == ["mine/numbers.dat"])
  }

  @Test(arguments: [numbersDigest, nil])
  func copiesAndExistingFiles(sha256: String?) async throws {
    for origin: SourceFile.Origin in [.copy(path: original), .existing(path: original)] {
      try await expectFetched(numbersSet(origin, sha256: sha256), folder.options { $0.isOffline = true })
      try await numbersSet(origin).remove(from: folder.data)
    }
  }

  @Test func conversionsMayMoveCopies() async throws {
    let moving: @Sendable ([String], String) throws -> Void = { sources, target in
      try FileManager.default.moveItem(atPath: sources[0], toPath: target)
      let file = try FileHandle(forWritingTo: URL(filePath: target))
      try file.seekToEnd()
      try file.write(contentsOf: Data("END".utf8))
    }
    try await expectFetched(numbersSet(.copy(path: original), convert: moving))
    try await numbersSet(.download([])).remove(from: folder.data)
    let options = folder.options { $0.localFiles = folder.path("mine") }
    try await expectFetched(numbersSet(.download(["http://127.0.0.1:1/x"]), convert: moving), options)
  }

  @Test func aFolderThatHasTheFiles() async throws {
    let dataset = numbersSet(.download(["http://127.0.0.1:1/x"]))
    for isOffline in [false, true] {
      let options = folder.options { options in
        options.localFiles = folder.path("mine")
        options.isOffline = isOffline
      }
      try await expectFetched(dataset, options)
      try await dataset.remove(from: folder.data)
    }
  }

  @Test func aFolderThatHasNotTheFiles() async throws {
    let dataset = numbersSet(.download(["http://127.0.0.1:1/x"]))
    let options = folder.options { $0.localFiles = folder.path("nowhere") }
    let path = folder.path("nowhere/numbers.dat")
    await expectFailure(dataset, .missingFile(dataset: "numbers", path: path), options)
    for origin: SourceFile.Origin in [.copy(path: path), .existing(path: path)] {
      await expectFailure(numbersSet(origin), .missingFile(dataset: "numbers", path: path))
    }
  }

  @Test func otherFilesThanExpected() async throws {
    let digest = String(repeating: "0", count: 64)
    let error = DatasetError.wrongDigest(path: original, expected: digest, found: numbersDigest)
    let sizeError = DatasetError.wrongByteCount(path: original, expected: 99_999, found: 100_000)
    for origin: SourceFile.Origin in [.copy(path: original), .existing(path: original)] {
      await expectFailure(numbersSet(origin, sha256: digest), error)
      await expectFailure(numbersSet(origin, byteCount: 99_999), sizeError)
    }
    let options = folder.options { $0.localFiles = folder.path("mine") }
    await expectFailure(numbersSet(.download([]), sha256: digest), error, options)
  }

  @Test func digestsMayBeInUpperCase() async throws {
    try await expectFetched(numbersSet(.copy(path: original), sha256: numbersDigest.uppercased()))
  }

  @Test func whatIsNoFile() async throws {
    let fifo = folder.path("fifo")
    mkfifo(fifo, 0o600)
    for path in [fifo, folder.path("mine")] {
      for origin: SourceFile.Origin in [.copy(path: path), .existing(path: path)] {
        await #expect(throws: DatasetError.self) { try await numbersSet(origin).fetch(folder.options()) }
      }
      let address = URL(filePath: path).absoluteString
      await #expect(throws: DatasetError.self) {
        try await numbersSet(.download([address])).fetch(folder.options())
      }
    }
    #expect(folder.names == ["fifo", "mine/numbers.dat"])
  }

  @Test func addressesOfFiles() async throws {
    let address = URL(filePath: original).absoluteString
    #expect(address.contains("%20"))
    for isOffline in [false, true] {
      let dataset = numbersSet(.download(["file:///no/such/file", address]))
      try await expectFetched(dataset, folder.options { $0.isOffline = isOffline })
      try await dataset.remove(from: folder.data)
    }
    let mirror = URL(filePath: folder.path("mine")).absoluteString
    try await expectFetched(numbersSet(.download([])), folder.options { $0.mirrors = [mirror] })
  }

  @Test func onlyTwoHexadecimalDigitsAreAnEncodedByte() async throws {
    _ = try folder.write(numbers(), "mine/%+F%4%.dat")
    let address = URL(filePath: folder.path("mine")).absoluteString + "/%+F%4%.dat"
    let path = try await numbersSet(.download([address])).fetch(folder.options())
    #expect(path == folder.path("data/numbers.bin"))
  }

  @Test func offlineNothingIsAskedFor() async throws {
    let server = try HTTPServer { $1.serve(numbers(), $0) }
    let dataset = numbersSet(.download(["file:///no/such/file", server.address("/a")]))
    let options = folder.options { options in
      options.isOffline = true
      options.mirrors = [server.address("/m")]
    }
    await expectFailure(dataset, .offline(dataset: "numbers", file: "numbers.dat", damage: nil), options)
    try await expectFetched(dataset)
    try await expectFetched(dataset, options)
    #expect(server.requests.count == 1)
  }

  @Test func withoutAnyAddress() async throws {
    await expectFailure(
      numbersSet(.download([])), .cannotDownload(dataset: "numbers", file: "numbers.dat", failures: []))
  }

  @Test func knownDigests() async throws {
    let vectors: [(bytes: [UInt8], digest: String)] = [
      ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        [UInt8](repeating: 97, count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ]
    for (bytes, digest) in vectors {
      let path = try folder.write(bytes, "x")
      try await SourceFile("x", from: .existing(path: path), sha256: digest).verify(path, options: folder.options())
      guard let hash = SHA256() else { throw NotWhole() }
      bytes.prefix(bytes.count / 2).withUnsafeBytes { hash.update($0) }
      bytes.suffix(bytes.count - bytes.count / 2).withUnsafeBytes { hash.update($0) }
      #expect(hash.finish() == digest)
    }
  }
}
