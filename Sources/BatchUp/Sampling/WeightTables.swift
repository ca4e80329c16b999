import BatchUpSystem

/// What weighted draws are made from, whatever the type of the weights.
protocol WeightTables: Sendable {
  /// The number of weights above 0.
  var positiveCount: Int { get }

  /// A digest of the weights.
  var fingerprint: Fingerprint { get }

  /// For draws with replacement from a seed.
  func aliasTable() -> AliasTable

  /// For draws with replacement from NumPy's generator.
  func distribution() -> CumulativeDistribution

  /// The positions of `count` weights in the order of draws without replacement from a seed.
  func drawOnce(count: Int, seed: UInt64) -> NDArray<UInt32>

  /// The positions that `choice(n, count, replace=False, p=weights / weights.sum())` draws.
  func drawOnce(count: Int, from state: NumPyRandomState) -> NDArray<UInt32>
}

/// Weights that have been checked, and their tables: each built when first needed, and shared by all who hold this.
final class CheckedWeights<Weight: KernelWeight>: Sendable {
  private let weights: NDArray<Weight>
  private let plan: AliasPlan
  /// Whether Python BatchUp normalizes them in their own type, as it does the weights of a subset.
  private let numPyKeepsType: Bool
  private let sharedAliasTable = Guarded<AliasTable?>(nil)
  private let sharedDistribution = Guarded<CumulativeDistribution?>(nil)
  private let sharedFingerprint = Guarded<Fingerprint?>(nil)

  init(_ weights: NDArray<Weight>, numPyKeepsType: Bool) throws(WeightsError) {
    self.weights = weights
    self.numPyKeepsType = numPyKeepsType
    plan = try AliasPlan(weights)
  }

  private func numPyProbabilities(_ weights: NDArray<Weight>) -> NDArray<Double> {
    precondition(weights.count <= 1 << 31, "NumPy's weighted choice among more than 2^31 samples is not supported")
    return numPyKeepsType ? Weight.numPyQuotients(weights) : Double.numPyQuotients(weights.map { $0.asDouble })
  }
}

extension CheckedWeights: WeightTables {
  var positiveCount: Int {
    weights.positiveCount
  }

  var fingerprint: Fingerprint {
    sharedFingerprint.withLock {
      $0.value {
        var fingerprint = Fingerprint()
        // Integers have a table of their own, and so other draws than real numbers of the same values.
        if Weight.self == UInt64.self { fingerprint.combine(1) }
        for weight in weights.scalars { fingerprint.combine(weight.asDouble.bitPattern) }
        return fingerprint
      }
    }
  }

  func aliasTable() -> AliasTable {
    sharedAliasTable.withLock { $0.value { AliasTable(weights, plan: plan) } }
  }

  func distribution() -> CumulativeDistribution {
    sharedDistribution.withLock { $0.value { CumulativeDistribution(numPyProbabilities(weights)) } }
  }

  func drawOnce(count: Int, seed: UInt64) -> NDArray<UInt32> {
    drawWithoutReplacement(weights, plan: plan, count: count, seed: seed)
  }

  // NumPy refuses weights so small beside the others that too few probabilities are above 0. Those that are not normal
  // numbers come last then: in further choices, of what is left.
  func drawOnce(count: Int, from state: NumPyRandomState) -> NDArray<UInt32> {
    var rest = weights
    var positions: [Int] = []
    state.engine.withLock { engine in
      repeat {
        var probabilities = numPyProbabilities(rest)
        let wanted = count - positions.count
        if probabilities.positiveCount < wanted { probabilities = probabilities.map { $0.isNormal ? $0 : 0 } }
        let chosen = engine.choiceWithoutReplacement(
          weights: probabilities, count: min(wanted, probabilities.positiveCount))
        for position in chosen { rest[position] = .zero }
        positions += chosen
      } while positions.count < count
    }
    return NDArray(positions.map(UInt32.init))
  }
}

extension NDArray where Scalar: Comparable & AdditiveArithmetic {
  fileprivate var positiveCount: Int { withUnsafeBufferPointer { $0.count { $0 > .zero } } }
}

extension Optional {
  /// The value, which `make` makes where there is none yet.
  fileprivate mutating func value(_ make: () -> Wrapped) -> Wrapped {
    let value = self ?? make()
    self = value
    return value
  }
}
