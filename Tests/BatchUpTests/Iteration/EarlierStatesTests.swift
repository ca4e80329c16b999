import BatchUp
import Foundation
import Testing

/// States that version 0.x of 29 November 2026 saved, before sources had one protocol, go on as they would have there.
///
/// Where one does not, it is of another `IterationState.formatVersion`.
@Suite struct EarlierStatesTests {
  private func recorded(_ name: String) throws -> RecordedIteration.Rest {
    let url = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Fixtures/states.json")
    let all = try JSONDecoder().decode([String: RecordedIteration.Rest].self, from: Data(contentsOf: url.standardized))
    return try #require(all[name])
  }

  @Test(arguments: RecordedIteration.all.map(\.name)) func goesOn(name: String) throws {
    let iteration = try #require(RecordedIteration.all.first { $0.name == name })
    let expected = try recorded(name)
    let found = try iteration.rest(expected.state, 0)
    #expect(found.batches == expected.batches)
    #expect(found.digest == expected.digest)
  }

  /// The iterations themselves are what they were.
  @Test(arguments: RecordedIteration.all.map(\.name)) func isTheSame(name: String) throws {
    let iteration = try #require(RecordedIteration.all.first { $0.name == name })
    let expected = try recorded(name)
    let found = try iteration.rest(nil, expected.state.batchCount)
    #expect(found.state == expected.state)
    #expect(found.batches == expected.batches)
  }
}
