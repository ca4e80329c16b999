/// Part i `counts[i]` times, in an order in which each beginning has less than one more or less of each part than its
/// exact share (R. Tijdeman: The chairman assignment problem, 1980).
func evenlySpread(_ counts: [Int]) -> [Int] {
  let total = counts.reduce(0, +)
  let parts = counts.indices.filter { counts[$0] > 0 }
  let margin = parts.count > 1 ? 1 / Double(2 * parts.count - 2) : 0
  var assigned = counts.map { _ in 0 }
  return (0..<total).map { step in
    func deficit(_ part: Int) -> Double {
      Double(counts[part]) * Double(step + 1) / Double(total) - Double(assigned[part])
    }
    /// How many steps may pass until the part is too far behind.
    func slack(_ part: Int) -> Double { (1 - margin - deficit(part)) / Double(counts[part]) }
    let due = parts.filter { deficit($0) >= margin - 1e-9 }
    let chosen = (due.isEmpty ? parts : due).min { slack($0) < slack($1) } ?? 0
    assigned[chosen] += 1
    return chosen
  }
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
