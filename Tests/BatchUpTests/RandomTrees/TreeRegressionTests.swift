import BatchUp
import Testing

/// Trees that were wrong once.
@Suite struct TreeRegressionTests {
  private static func numbers(_ id: Int, _ count: Int) -> Tree { .leaf(Leaf(id: id, count: count)) }

  /// `dealt` and `sharded` count the batches of their base, which need not be whole.
  static var counts: [TreeCase] {
    [
      TreeCase(
        .dealt(.choice(.sequential, [numbers(1, 1), numbers(2, 1)]), rank: 0, of: 2), Consumption(batchSize: 12)),
      TreeCase(
        .sharded(.choice(.sequential, [numbers(1, 1), numbers(2, 1)]), rank: 0, of: 2, end: .uneven),
        Consumption(batchSize: 5)),
      TreeCase(.sharded(.own(id: 1, count: 3), rank: 0, of: 2, end: .pad), Consumption(batchSize: 2)),
      TreeCase(
        .sharded(
          .choice(.sequential, [numbers(1, 1), .sharded(.own(id: 3, count: 0), rank: 0, of: 2, end: .uneven)]),
          rank: 0, of: 1, end: .drop), Consumption(batchSize: 5)),
    ]
  }

  /// Predictions have as many rows as the batch has places, wherever it is padded.
  static var predictions: [TreeCase] {
    [
      TreeCase(
        .sharded(.sharded(numbers(1, 1), rank: 0, of: 2, end: .pad), rank: 0, of: 1, end: .uneven),
        Consumption(batchSize: 3)),
      TreeCase(.choice(.sequential, [.padded(numbers(1, 1))]), Consumption(batchSize: 2)),
      TreeCase(.pair(.padded(numbers(1, 1)), .padded(numbers(2, 1))), Consumption(batchSize: 2)),
      TreeCase(.pair(.padded(numbers(1, 1)), numbers(2, 1)), Consumption(batchSize: 2)),
      TreeCase(.dealt(.choice(.sequential, [.padded(numbers(1, 1))]), rank: 0, of: 1), Consumption(batchSize: 2)),
    ]
  }

  /// A pair ends with the side that ends first, whatever the other one has.
  static var ends: [TreeCase] {
    [
      TreeCase(
        .pair(.generated(Generated(id: 1, count: 1, isCounted: false, failing: [0])), numbers(2, 0)),
        Consumption(batchSize: 16))
    ]
  }

  /// The digests of parts of dealt batches add up to that of the dealt batches.
  static var digests: [TreeCase] {
    [
      TreeCase(.dealt(numbers(1, 3), rank: 2, of: 3), Consumption(batchSize: 1, ranks: .init(3, .sharded(.drop))))
    ]
  }

  /// One rank has all samples of a part.
  static var shardsOfParts: [TreeCase] {
    [
      TreeCase(
        .sharded(.sharded(numbers(1, 3), rank: 1, of: 2, end: .uneven), rank: 0, of: 1, end: .uneven),
        Consumption(batchSize: 2)),
      TreeCase(
        .sharded(.sharded(numbers(1, 3), rank: 1, of: 2, end: .uneven), rank: 0, of: 1, end: .pad),
        Consumption(batchSize: 2)),
    ]
  }

  /// The random numbers of a sample do not change when an iteration is resumed.
  static var randomNumbers: [TreeCase] {
    [
      TreeCase(
        .randomMap(.sharded(numbers(1, 10), rank: 1, of: 2, end: .uneven)),
        Consumption(batchSize: 4, stop: .init(after: 1, way: .inline)))
    ]
  }

  /// Batches that failed on workers are behind, too, and the samples of generated ones that failed have indices.
  static var failures: [TreeCase] {
    [
      TreeCase(
        .leaf(Leaf(id: 1, count: 2, storage: .loader(unreadable: [1]))),
        Consumption(order: .numPy(seed: 2), batchSize: 1, way: .workers(2), stop: .init(after: 1, way: .inline))),
      TreeCase(
        .pair(
          .leaf(Leaf(id: 1, count: 2, storage: .loader(unreadable: [1]))),
          .generated(Generated(id: 2, count: 2, isCounted: true, failing: [0, 1]))),
        Consumption(batchSize: 1, way: .workers(2))),
    ]
  }

  @Test(arguments: counts + predictions + ends + digests + shardsOfParts + randomNumbers + failures) func isRight(
    _ treeCase: TreeCase
  ) async {
    let fault = await treeCase.fault()
    #expect(fault == nil, "\(treeCase)")
  }
}
