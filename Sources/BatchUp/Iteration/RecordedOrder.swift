/// The order of an iteration, so that it can be had again.
enum RecordedOrder: Sendable, Hashable, Codable {
  case inOrder
  case shuffled(seed: UInt64, epoch: UInt64, memory: ShuffleMemory)
  /// What NumPy's generator was like before the first batch.
  case numPy(NumPyRandomState.State)

  /// The order of an iteration that is about to begin.
  init(_ order: SampleOrder) {
    switch order {
    case .inOrder: self = .inOrder
    case .shuffled(let key): self = .shuffled(seed: key.seed, epoch: key.epoch, memory: key.memory)
    case .numPy(let generator): self = .numPy(generator.state)
    }
  }

  /// The same order again; NumPy's generator is taken from `order`, and set back to what it was.
  func makeOrder(like order: SampleOrder) -> SampleOrder {
    switch (self, order) {
    case (.inOrder, _): return .inOrder
    case (.shuffled(let seed, let epoch, let memory), _):
      return .shuffled(ShuffleKey(seed: seed, epoch: epoch, memory: memory))
    case (.numPy(let state), .numPy(let generator)):
      generator.state = state
      return order
    case (.numPy(let state), _): return .numPy(NumPyRandomState(state: state))
    }
  }
}

extension RecordedOrder: CustomStringConvertible {
  var description: String {
    switch self {
    case .inOrder: "in order"
    case .shuffled(let seed, let epoch, let memory): "seed \(seed), epoch \(epoch), memory \(memory)"
    case .numPy: "NumPy's generator"
    }
  }
}
