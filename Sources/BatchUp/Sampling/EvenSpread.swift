/// Part i `counts[i]` times, in an order in which each beginning has less than one more or less of each part than its
/// exact share.
func evenlySpread(_ counts: [Int]) -> EvenlySpreadParts { EvenlySpreadParts(counts) }

/// Parts, each as often as it counts, worked out one by one.
struct EvenlySpreadParts: Sequence, IteratorProtocol {
  private var spread: EvenSpread
  private var remainingCount: Int

  fileprivate init(_ counts: [Int]) {
    let weights = counts.map { Double($0) }
    spread = EvenSpread(weights: weights, total: weights.reduce(0, +))
    remainingCount = counts.reduce(0) { $0.addingSaturating($1) }
  }

  mutating func next() -> Int? {
    if remainingCount == 0 { return nil }
    remainingCount -= 1
    return spread.next()
  }
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

  /// The next part: of those that are due, or else of all, the first of those with the least slack.
  ///
  /// - Complexity: O(number of parts)
  mutating func next() -> Int {
    step += 1
    var (chosen, isDue, slack) = (parts.first ?? 0, false, Double.infinity)
    for part in parts {
      let deficit = weights[part] * Double(step) / total - Double(assigned[part])
      let partIsDue = deficit >= margin - 1e-9
      // How many steps may pass until the part is too far behind.
      let partSlack = (1 - margin - deficit) / weights[part]
      if partIsDue == isDue ? partSlack < slack : partIsDue { (chosen, isDue, slack) = (part, partIsDue, partSlack) }
    }
    assigned[chosen] += 1
    return chosen
  }
}

/// Part i `counts[i]` times, spread as Python BatchUp 0.2.3 spreads the batches of a stratified choice, with its
/// rounding: steps, as many as the largest count, in which each part moves on by its share of that count, and comes
/// where it reaches the next whole number.
struct PythonSpreadParts: IteratorProtocol {
  private let counts: [Int]
  private let stepCount: Int
  private var values: [Double]
  private var reached: [Int]
  private var step = 0
  private var part = 0

  init(_ counts: [Int]) {
    self.counts = counts
    stepCount = counts.max() ?? 0
    values = counts.map { _ in 0 }
    reached = counts.map { _ in -1 }
  }

  mutating func next() -> Int? {
    while step < stepCount {
      while part < counts.count {
        defer { part += 1 }
        if moveOn(part) { return part }
      }
      (step, part) = (step + 1, 0)
    }
    return nil
  }

  /// Returns whether the part reaches the next whole number.
  private mutating func moveOn(_ part: Int) -> Bool {
    if counts[part] == 0 { return false }
    let whole = Int((values[part] + 0.25 / Double(stepCount)).rounded(.down))
    defer {
      reached[part] = whole
      values[part] += Double(counts[part]) / Double(stepCount)
    }
    return whole > reached[part]
  }
}
