import BatchUp
import Foundation
import Testing

@testable import BatchUpDatasets

/// Links, and what belongs to others, where fetching makes its own files: nothing outside is written or deleted.
@Suite(.timeLimit(.minutes(10))) struct PlantedLinkTests {
  let folder: NumbersFolder
  let server: HTTPServer
  /// Whose files are the user's.
  let victim: String
  let victims = ["victim/.batchup-converted/x", "victim/numbers.bin.fetching/x", "victim/numbers.dat", "victim/x"]

  init() throws {
    folder = try NumbersFolder()
    server = try HTTPServer { $1.serve(numbers(), $0, etag: "\"1\"") }
    for name in victims { try folder.write([1, 2, 3], name) }
    victim = folder.path("victim")
  }

  var dataset: Dataset { numbersSet(.download([server.address("/a")])) }

  func expectUnharmed(_ names: [String] = []) {
    #expect(folder.names == (victims + names).sorted())
    for name in victims { #expect(folder.bytes(name) == [1, 2, 3]) }
  }

  func expectFetched(_ options: FetchOptions? = nil) async throws {
    _ = try await dataset.fetch(options ?? folder.options())
    expectUnharmed(fetchedNames)
    #expect(folder.bytes("data/numbers.bin") == converted)
  }

  func expectRefusal(_ expected: DatasetError, _ names: [String]) async {
    await #expect(throws: expected) { try await dataset.fetch(folder.options()) }
    await #expect(throws: expected) { try await dataset.remove(from: folder.data) }
    expectUnharmed(names)
  }

  @Test(arguments: ["data/temp", "data/temp/numbers.bin.fetching"])
  func linksInPlaceOfFolders(name: String) async throws {
    try folder.link(name, to: victim)
    await expectRefusal(.symbolicLink(path: folder.path(name)), folder.names.filter { $0.hasPrefix("data/") })
    unlink(folder.path(name))
    try folder.link(name, to: folder.path("nowhere"))
    await expectRefusal(.symbolicLink(path: folder.path(name)), [name])
    unlink(folder.path(name))
    try folder.write([1], name)
    await expectRefusal(.cannotWrite(path: folder.path(name), reason: "it is not a folder"), [name])
  }

  @Test(arguments: [
    ".batchup-converted", "numbers.dat", "numbers.dat.unverified", "numbers.dat.unverified.origin", "x",
  ])
  func linksInTheWorkspaceGoAway(name: String) async throws {
    for target in ["victim/x", "victim", "nowhere"] {
      try folder.link("data/temp/numbers.bin.fetching/" + name, to: folder.path(target))
      // With bytes whose origin would be read, or written again.
      if name.hasSuffix(".origin") { try folder.write(numbers(100), partialName) }
      try await expectFetched()
      try await dataset.remove(from: folder.data)
      expectUnharmed()
      try folder.link("data/temp/numbers.bin.fetching/" + name, to: folder.path(target))
      try await dataset.remove(from: folder.data)
      expectUnharmed()
    }
  }

  @Test func aLinkInPlaceOfTheLockIsRefused() async throws {
    let name = "data/temp/numbers.bin.fetching/.batchup-lock"
    try folder.link(name, to: folder.path("victim/x"))
    await expectRefusal(.symbolicLink(path: folder.path(name)), [name])
  }

  /// Whatever is in the workspace goes, of any depth and with any name, and nothing behind links.
  @Test func treesThatEarlierFetchesLeft() async throws {
    let tree = "data/temp/numbers.bin.fetching/tree/a/b"
    try folder.write([1], tree + "/c")
    try folder.link(tree + "/link", to: victim)
    let name: [CChar] = Array((folder.path(tree) + "/").utf8CString.dropLast()) + [-1, -2, 0]
    #if os(Linux)
      close(open(name, O_CREAT | O_WRONLY, 0o600))
    #endif
    try await expectFetched()
  }

  @Test func aFolderThatIsReplacedMeanwhile() async throws {
    let temp = folder.path("data/temp")
    let (moved, victim) = (temp + "-moved", victim)
    let dataset = numbersSet(.download([server.address("/a")])) { _, target in
      guard rename(temp, moved) == 0, symlink(victim, temp) == 0 else { throw NotWhole() }
      try FileManager.default.createDirectory(
        at: URL(filePath: target).deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(converted).write(to: URL(filePath: target))
    }
    let place = temp + "/numbers.bin.fetching/.batchup-converted"
    let error = DatasetError.cannotWrite(path: place, reason: "the folder has been moved or replaced")
    await #expect(throws: error) { try await dataset.fetch(folder.options()) }
    #expect(!folder.has("data/numbers.bin"))
    for name in victims { #expect(folder.bytes(name) == [1, 2, 3]) }
  }

  @Test func theDataFolderMayBeALink() async throws {
    try FileManager.default.createDirectory(atPath: folder.path("disk"), withIntermediateDirectories: true)
    try folder.link("data", to: folder.path("disk"))
    _ = try await dataset.fetch(folder.options())
    #expect(folder.bytes("disk/numbers.bin") == converted)
    try await dataset.verify(in: folder.data)
    try await dataset.remove(from: folder.data)
    #expect(folder.bytes("disk/numbers.bin") == nil)
    expectUnharmed(folder.has("data") ? [] : ["data"])
  }

  /// The user's own link is followed by everything but `remove`.
  @Test func theFileMayBeALink() async throws {
    try folder.write(converted, "disk/numbers.bin")
    try folder.link("data/numbers.bin", to: folder.path("disk/numbers.bin"))
    #expect(try dataset.isCached(in: folder.data))
    try await dataset.verify(in: folder.data)
    _ = try await dataset.fetch(folder.options())
    #expect(server.requests.isEmpty)
    try folder.write([1], "disk/numbers.bin")
    _ = try await dataset.fetch(folder.options())
    #expect(folder.bytes("disk/numbers.bin") == converted)
    expectUnharmed(["data/numbers.bin", "disk/numbers.bin"])
    try await dataset.remove(from: folder.data)
    #expect(folder.bytes("disk/numbers.bin") == converted)
    expectUnharmed(["disk/numbers.bin"])
    // A link to nothing.
    unlink(folder.path("disk/numbers.bin"))
    try folder.link("data/numbers.bin", to: folder.path("disk/numbers.bin"))
    _ = try await dataset.fetch(folder.options())
    #expect(folder.bytes("disk/numbers.bin") == converted)
  }

  /// Only "no such file" means that there is none.
  @Test func aLinkThatLeadsToItself() async throws {
    let path = try folder.write([], "data/x").replacing("data/x", with: "data/numbers.bin")
    unlink(folder.path("data/x"))
    try folder.link("data/numbers.bin", to: path)
    let error = DatasetError.cannotOpen(path: path, reason: String(cString: strerror(ELOOP)))
    await #expect(throws: error) { try await dataset.verify(in: folder.data) }
    await #expect(throws: error) { try await dataset.fetch(folder.options()) }
    #expect(throws: error) { try dataset.isCached(in: folder.data) }
    #expect(server.requests.isEmpty)
    try await dataset.remove(from: folder.data)
    expectUnharmed()
  }
}
