/// How the batches of an iteration are shuffled.
public struct Shuffle: Sendable {
  /// Nil for an order that is new each time.
  let order: SampleOrder?

  /// A new order each time that an iteration starts, from the system's generator.
  public static let random = Shuffle(order: nil)

  /// An order that is a pure function of the seed and the epoch: the same for any batch size, on any machine.
  ///
  /// Each epoch has an order of its own, unrelated to those of other epochs and seeds.
  ///
  /// - Parameters:
  ///   - seed: Any number; its low 64 bits count.
  ///   - epoch: Which of the seed's orders.
  ///   - memory: `.constant` for more samples than there is memory to list, `.blocks` for files that do not fit into
  ///     memory; other orders, see there.
  public static func seed(
    _ seed: some BinaryInteger, epoch: Int = 0, memory: ShuffleMemory = .proportional
  ) -> Shuffle {
    Shuffle(
      order: .shuffled(
        ShuffleKey(
          seed: UInt64(truncatingIfNeeded: seed), epoch: UInt64(truncatingIfNeeded: epoch), memory: memory)))
  }

  /// The order in which Python BatchUp 0.2.3 delivers with `shuffle=state`, batch for batch.
  ///
  /// Each iteration moves the generator on, at the moments at which Python does: when its first batch is asked for, and
  /// where batches run from one pass into the next. Do not start one while another that draws from the same generator
  /// is under way, if the batches are to be those of an iteration that had it alone. Workers draw from it as soon as the
  /// iterator is made, and ahead of what is delivered.
  public static func numPy(_ state: NumPyRandomState) -> Shuffle { Shuffle(order: .numPy(state)) }

  /// The order of an iteration that starts now.
  @usableFromInline
  func makeOrder() -> SampleOrder {
    order ?? .shuffled(ShuffleKey(seed: .random(in: .min ... .max)))
  }
}
