import Foundation
import Testing

/// What scripts/fuzz.sh starts from, and what it has found: every file, and every one cut off at every byte.
@Suite struct CorpusTests {
  private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

  @Test(arguments: FuzzTarget.allCases) func everyTruncationOfEverySeed(of target: FuzzTarget) throws {
    let seeds = try FileManager.default.contentsOfDirectory(
      at: Self.corpus.appending(path: target.rawValue), includingPropertiesForKeys: nil)
    #expect(!seeds.isEmpty)
    let folder = try ScratchFolder()
    for seed in seeds {
      let bytes = [UInt8](try Data(contentsOf: seed))
      for count in 0...bytes.count {
        #expect(throws: Never.self, "\(target)/\(seed.lastPathComponent), \(count) bytes") {
          try target.check(Array(bytes[..<count]), in: folder)
        }
      }
    }
  }
}
