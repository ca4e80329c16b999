import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

@testable import BatchUpDatasets

/// Files of data sets that have changed since they were made.
@Suite(.timeLimit(.minutes(10))) struct CacheDigestTests {
  let directory: TemporaryDirectory
  private static let pageSize = 4096

  init() throws { directory = try TemporaryDirectory() }

  private func expectDamage(_ small: SmallDataset, _ bytes: [UInt8], _ what: String) throws {
    let path = try directory.write(bytes, name: "changed")
    #expect(throws: (any Error).self, "\(small.dataset.name): \(what)") { try small.dataset.check(path) }
  }

  @Test func everyPageOfZerosIsFound() throws {
    for small in try SmallDataset.all(in: directory) {
      try small.convert(in: directory, to: directory.path("cache.h5"))
      let whole = try directory.read("cache.h5")
      for start in stride(from: 0, to: whole.count, by: Self.pageSize) {
        let page = start..<min(start + Self.pageSize, whole.count)
        guard whole[page].contains(where: { $0 != 0 }) else { continue }
        var bytes = whole
        bytes.replaceSubrange(page, with: repeatElement(0, count: page.count))
        try expectDamage(small, bytes, "no page at \(start)")
      }
    }
  }

  @Test func everyChangedByteIsFound() throws {
    for small in try SmallDataset.all(in: directory) {
      try small.convert(in: directory, to: directory.path("cache.h5"))
      let whole = try directory.read("cache.h5")
      let dense = small.dataset.name == "mnist" ? Array(0..<4096) : []
      for offset in dense + stride(from: 0, to: whole.count, by: max(whole.count / 100, 1)) {
        var bytes = whole
        bytes[offset] ^= UInt8(1 << (offset % 8))
        try expectDamage(small, bytes, "byte \(offset)")
      }
    }
  }

  @Test func theErrorNamesBothDigests() throws {
    let small = SmallDataset(dataset: .mnist, sources: SmallDataset.idxFiles)
    try small.convert(in: directory, to: directory.path("cache.h5"))
    var bytes = try directory.read("cache.h5")
    let text = String(decoding: bytes.prefix(4096).filter { $0 < 128 }, as: UTF8.self)
    let digits = try #require(text.split(separator: "sha256:").last?.prefix(64))
    bytes[bytes.count - 1] ^= 1
    let path = try directory.write(bytes, name: "changed")
    do {
      try small.dataset.check(path)
      Issue.record("it is taken")
    } catch DatasetContentsError.wrongDigest(let changed, let expected, let found) {
      #expect(changed == path && expected == digits && found != expected && found.count == 64)
    }
  }

  /// As earlier versions and Python's BatchUp make them.
  @Test func aFileWithoutADigestIsTaken() throws {
    var writer = HDF5Writer()
    for (part, range) in [("train", SmallDataset.train), ("test", SmallDataset.test)] {
      writer.add(SmallDataset.pixels(range, [1, 28, 28]), named: "/mnist/\(part)_X_u8")
      writer.add(NDArray(SmallDataset.labels(range)), named: "/mnist/\(part)_y")
    }
    try writer.write(to: directory.path("old.h5"))
    try Dataset.mnist.check(directory.path("old.h5"))
  }

  /// An empty page in the middle of the images, as after a fault of the disk.
  @Test func fetchMakesADamagedFileAgain() async throws {
    let folder = try NumbersFolder()
    for small in try SmallDataset.all(in: directory) {
      let sources = try zip(small.dataset.sources, small.sources).map { source, bytes in
        SourceFile(source.name, from: .copy(path: try folder.write(bytes, source.name)))
      }
      let dataset = Dataset(
        name: small.dataset.name, file: small.dataset.file, sources: sources, check: small.dataset.check,
        convert: small.dataset.convert)
      let path = try await dataset.fetch(folder.options())
      let name = "data/" + dataset.file
      let whole = try #require(folder.bytes(name))
      try await dataset.verify(in: folder.data)
      var bytes = whole
      let middle = bytes.count / 2
      bytes.replaceSubrange(
        middle..<min(middle + Self.pageSize, bytes.count),
        with: repeatElement(0, count: min(Self.pageSize, bytes.count - middle)))
      try folder.write(bytes, name)
      do {
        try await dataset.verify(in: folder.data)
        Issue.record("\(dataset.name): a page of zeros is taken")
      } catch DatasetError.damaged(let name, let damaged, _) { #expect(name == dataset.name && damaged == path) }
      _ = try await dataset.fetch(folder.options())
      #expect(folder.bytes(name) == whole)
      try await dataset.verify(in: folder.data)
    }
  }
}
