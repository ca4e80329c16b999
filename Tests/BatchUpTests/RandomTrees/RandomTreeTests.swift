import BatchUp
import Foundation
import Testing

/// Random trees of combinators, consumed in random ways, against a reference model.
///
/// `BATCHUP_TREES` says how many, and `BATCHUP_TREE_SEED` with which seed they begin. Each case is written to the file
/// `BATCHUP_TREE_LOG` before it is checked, to find one that ends the program. Faults whose text matches the regular
/// expression `BATCHUP_TREE_EXCEPT` are not reported.
@Suite struct RandomTreeTests {
  @Test func randomTrees() async throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["BATCHUP_TREES"].flatMap { UInt64($0) } ?? 2_000
    let firstSeed = environment["BATCHUP_TREE_SEED"].flatMap { UInt64($0) } ?? 1
    let except = try environment["BATCHUP_TREE_EXCEPT"].map { try Regex($0) }
    var failureCount = 0
    for seed in firstSeed..<firstSeed + count {
      let treeCase = TreeGenerator.treeCase(seed: seed)
      guard let firstFault = await treeCase.fault() else { continue }
      if let except, "\(firstFault)\n\(treeCase)".contains(except) { continue }
      let (smallest, fault) = await treeCase.shrunk()
      Issue.record("seed \(seed): \(fault)\n\(smallest)")
      failureCount += 1
      if failureCount == 10 { break }
    }
  }
}
