/// How the batches of an iteration are shuffled.
public struct Shuffle: Sendable {
  private let key: ShuffleKey?

  /// A new order each time that an iteration starts, from the system's generator.
  public static let random = Shuffle(key: nil)

  /// An order that is a pure function of the seed and the epoch: the same for any batch size, on any machine.
  ///
  /// Each epoch has an order of its own, unrelated to those of other epochs and seeds.
  public static func seed(_ seed: some BinaryInteger, epoch: Int = 0) -> Shuffle {
    Shuffle(
      key: ShuffleKey(
        seed: UInt64(truncatingIfNeeded: seed), epoch: UInt64(truncatingIfNeeded: epoch)))
  }

  /// The order of an iteration that starts now.
  @usableFromInline
  func makeOrder() -> SampleOrder {
    .shuffled(key ?? ShuffleKey(seed: .random(in: .min ... .max)))
  }
}
