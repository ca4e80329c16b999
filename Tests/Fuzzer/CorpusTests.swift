import BatchUp
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

  /// The seeds of states are those of the sources that they are tried on; `BATCHUP_MAKE_CORPUS=1` writes them anew.
  @Test func statesAreThoseOfTheirSources() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let blocks = ShuffleMemory.blocks(of: 8, window: 2)
    for source in try ResumableSource.all() {
      for (name, shuffle) in [
        ("in-order", nil), ("shuffled", .seed(5, epoch: 2)), ("constant", .seed(5, memory: .constant)),
        ("blocks", .seed(5, memory: blocks)),
      ] as [(String, Shuffle?)] where shuffle != nil || source.isInOrder {
        let seed = Self.corpus.appending(path: "iteration-state/\(source.name)-\(name)")
        let state = try source.batches(shuffle, nil, 3).state
        if environmentVariable("BATCHUP_MAKE_CORPUS") != nil { try encoder.encode(state).write(to: seed) }
        #expect(try Data(contentsOf: seed) == encoder.encode(state), "\(seed.lastPathComponent)")
        let (next, whole) = (try source.batches(shuffle, state, 3), try source.batches(shuffle, nil, 6))
        #expect(next.batches == Array(whole.batches.dropFirst(3)) && next.state == whole.state)
      }
    }
  }
}
