/// Part i `counts[i]` times, in an order in which each beginning has less than one more or less of each part than its
/// exact share.
func evenlySpread(_ counts: [Int]) -> [Int] {
  let total = counts.reduce(0, +)
  var spread = EvenSpread(weights: counts.map { Double($0) }, total: Double(total))
  return (0..<total).map { _ in spread.next() }
}

/// Parts, each in proportion to its weight, in an order in which each beginning has less than one more or less of each
/// part than its exact share (R. Tijdeman: The chairman assignment problem, 1980).
struct EvenSpread: Sendable {
  private let weights: [Double]
  private let total: Double
  private let parts: [Int]
  private let margin: Double
  private var assigned: [Int]
  private var step = 0

  /// - Parameters:
  ///   - weights: Not negative.
  ///   - total: Their sum.
  init(weights: [Double], total: Double) {
    self.weights = weights
    self.total = total
    parts = weights.indices.filter { weights[$0] > 0 }
    margin = parts.count > 1 ? 1 / Double(2 * parts.count - 2) : 0
    assigned = weights.map { _ in 0 }
  }

  /// The next part.
  ///
  /// - Complexity: O(number of parts)
  mutating func next() -> Int {
    step += 1
    let due = parts.filter { deficit($0) >= margin - 1e-9 }
    let chosen = (due.isEmpty ? parts : due).min { slack($0) < slack($1) } ?? 0
    assigned[chosen] += 1
    return chosen
  }

  private func deficit(_ part: Int) -> Double {
    weights[part] * Double(step) / total - Double(assigned[part])
  }

  /// How many steps may pass until the part is too far behind.
  private func slack(_ part: Int) -> Double { (1 - margin - deficit(part)) / weights[part] }
}

/// Part i `counts[i]` times, spread as Python BatchUp 0.2.3 spreads the batches of a stratified choice, with its
/// rounding: steps, as many as the largest count, in which each part moves on by its share of that count, and comes
/// where it reaches the next whole number.
func evenlySpreadAsInPython(_ counts: [Int]) -> [Int] {
  let stepCount = counts.max() ?? 0
  let epsilon = 0.25 / Double(stepCount)
  let steps = counts.map { Double($0) / Double(stepCount) }
  var values = counts.map { _ in 0.0 }
  var reached = counts.map { _ in -1 }
  var parts: [Int] = []
  for _ in 0..<stepCount {
    for part in counts.indices where counts[part] > 0 {
      let whole = Int((values[part] + epsilon).rounded(.down))
      if whole > reached[part] { parts.append(part) }
      reached[part] = whole
      values[part] += steps[part]
    }
  }
  return parts
}
