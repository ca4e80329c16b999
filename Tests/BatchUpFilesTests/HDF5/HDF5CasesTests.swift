import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import TestSupport
import Testing

/// Files of h5py that are out of the ordinary; scripts/check-cases.sh compares them with h5py.
@Suite struct HDF5CasesTests {
  private func file(_ name: String) throws -> HDF5File { try HDF5File(path: caseFile(name)) }

  @Test func bitFieldsAreIntegers() throws {
    let bytes = try file("bitfield8.h5")
    #expect(try bytes.dataset(named: "flags").elementType == .uint8)
    #expect(try bytes.array(named: "flags", of: UInt8.self).scalars == [0, 1, 2, 3, 255])
    #expect(
      throws: HDF5Error.wrongElementType(path: bytes.path, dataset: "/flags", expected: .bool, found: .uint8)
    ) { try bytes.array(named: "flags", of: Bool.self) }
    let others = try file("bitfields.h5")
    #expect(try others.array(named: "b16", of: UInt16.self).scalars == [1, 2, 0xFFFE])
    #expect(try others.array(named: "b32", of: UInt32.self).scalars == [1, 2, 0xFFFE])
    #expect(try others.array(named: "b64", of: UInt64.self).scalars == [1, 2, 0xFFFE])
  }

  @Test func enumerationsAreIntegersOrTruthValues() throws {
    let file = try file("bitfields.h5")
    #expect(try file.array(named: "colors", of: Int16.self).scalars == [2, 0, 1])
    #expect(try file.array(named: "truth", of: Bool.self).scalars == [true, false, true])
  }

  @Test func chunksOfLZF() throws {
    #expect(try file("lzf.h5").array(named: "x", of: Double.self).scalars == (0..<100).map(Double.init))
    let runs = try file("lzf_chunks.h5").array(named: "runs", of: Int64.self)
    #expect(runs.shape == [500, 10] && runs.scalars == (0..<5000).map { $0 / 700 })
    // libhdf5 finds with a checksum what the filter has not.
    #expect(try file("lzf_chunks.h5").array(named: "noise", of: Float.self).scalars.allSatisfy { 0 <= $0 && $0 < 1 })
  }

  /// Each byte of a chunk, which has no checksum: other elements as many, or an error.
  @Test func damagedChunksOfLZF() throws {
    let directory = try TemporaryDirectory()
    let seed = [UInt8](try Data(contentsOf: URL(filePath: caseFile("lzf.h5"))))
    // Two literal zeros, and more of them.
    let start = try #require(seed.indices.first { seed[$0...].starts(with: [1, 0, 0, 0xE0]) })
    for place in start..<start + 381 {
      for change in [1, 0xFF] as [UInt8] {
        var bytes = seed
        bytes[place] ^= change
        let file = try HDF5File(path: directory.write(bytes))
        do throws(HDF5Error) {
          #expect(try file.array(named: "x", of: Double.self).count == 100)
        } catch {
          guard case .invalidDataset = error else {
            Issue.record("\(place) \(change): \(error)")
            return
          }
        }
      }
    }
  }

  @Test func filtersThatAreMissing() throws {
    let file = try file("unknown_filter.h5")
    #expect(throws: HDF5Error.missingFilter(path: file.path, dataset: "/x", filter: "lz4")) {
      try file.array(named: "x", of: UInt8.self)
    }
  }

  @Test func paddingOfTextsIsNotPartOfThem() throws {
    #expect(try file("spacepad.h5").strings(named: "s") == ["ab", "abcd"])
  }

  @Test(arguments: ["/latest", "latest", "/a/x", "/b/x", "b/x", "b/./x", "//b//x"])
  func everyPathLeadsToTheDataset(name: String) throws {
    let file = try file("links.h5")
    #expect(file.datasets.map(\.name) == ["/a/x"])
    #expect(file.links.map(\.name) == ["/b", "/latest"])
    #expect(file.links.map(\.target) == [.path("/a"), .path("/b/x")])
    #expect(try file.dataset(named: name).name == "/a/x")
    #expect(try file.array(named: name, of: Int32.self).scalars == [0, 1, 2, 3, 4])
    #expect(try file.mapped(named: name, of: Int32.self).array.scalars == [0, 1, 2, 3, 4])
    #expect(try HDF5Array<Int32>(file, named: name).batch(at: [4, 0]).scalars == [4, 0])
  }

  @Test func linksThatLeadNowhere() throws {
    let file = try file("broken_links.h5")
    for name in ["chain", "b/near", "/b/x"] {
      #expect(try file.array(named: name, of: Double.self).scalars == [0, 1, 2])
    }
    for (name, reason) in [
      ("gone", "there is no data set \"/b/y\""), ("chain/x", "there is no data set \"/b/x/x\""),
      ("/one", "more than 64 links follow on each other"),
      ("other", "\"/other\" leads to \"/x\" in the file \"other.h5\", which is not opened"),
    ] {
      #expect(throws: HDF5Error.brokenLink(path: file.path, dataset: name, reason: reason)) {
        try file.dataset(named: name)
      }
    }
    #expect(throws: HDF5Error.noDataset(path: file.path, dataset: "b/y")) { try file.dataset(named: "b/y") }
  }

  @Test func elementsElsewhere() throws {
    let file = try file("elsewhere.h5")
    for (name, storage) in [("/virtual", HDF5Storage.virtual), ("/external", .external)] {
      #expect(throws: HDF5Error.unsupportedStorage(path: file.path, dataset: name, storage: storage)) {
        try file.array(named: name, of: Float.self)
      }
    }
  }

  @Test(arguments: ["userblock1024.h5", "userblock8192.h5"]) func userBlocks(name: String) throws {
    #expect(try file(name).array(named: "x", of: Float.self).scalars == (0..<10).map(Float.init))
  }
}
