import BatchUp

/// The figures of all samples of one benchmark.
struct BenchmarkResult: Encodable {
  let name: String
  let unit: String
  let median: Double
  let min: Double
  let max: Double
  let samples: Int
  /// The median figure of the benchmark that shows what the machine can do.
  @Nullable var limit: Double?
  @Nullable var limitName: String?
  /// The median, over the rounds, of the share of the limit that was reached.
  @Nullable var ofLimit: Double?
}

extension BenchmarkResult {
  /// - Parameter limits: the figures of the limit, one for each of `figures`, measured in the same round.
  init(of benchmark: Benchmark, figures: [Double], limits: [Double]?) {
    name = benchmark.name
    unit = "\(benchmark.unit)"
    median = figures.median
    min = figures.min() ?? .nan
    max = figures.max() ?? .nan
    samples = figures.count
    limit = limits?.median
    limitName = benchmark.limit
    ofLimit = limits.map { zip(figures, $0).map { benchmark.unit.share($0, of: $1) }.median }
  }

  /// As wide as a row with the longest names, or nearly so.
  private static let tableWidth = 110

  /// None where the terminal is too narrow for columns.
  static func heading(width: Int?) -> [String] {
    if let width, width < tableWidth { return [] }
    return [row("benchmark", "median", "min … max", "unit", "share of the limit")]
  }

  /// One line of a table, or several where the terminal is too narrow.
  func lines(width: Int?) -> [String] {
    let share = ofLimit.map { "\(($0 * 100).fixed(digits: 0).padded(to: 4)) %  of \(limitName ?? "")" } ?? ""
    let spread = "\(min.brief) … \(max.brief)"
    guard let width, width < Self.tableWidth else { return [Self.row(name, median.brief, spread, unit, share)] }
    return FieldLine(fields: [name, "median \(median.brief) \(unit)", spread, share]).lines(width: width)
  }

  private static func row(_ name: String, _ median: String, _ spread: String, _ unit: String, _ share: String) -> String
  {
    let label = name + String(repeating: " ", count: Swift.max(0, 36 - name.count))
    let unit = unit + String(repeating: " ", count: Swift.max(0, 10 - unit.count))
    return "\(label) \(median.padded(to: 9)) \(spread.padded(to: 19)) \(unit) \(share)"
  }
}

extension [Double] {
  fileprivate var median: Double {
    let sorted = sorted()
    if sorted.isEmpty { return .nan }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

extension Double {
  /// Three digits or so, whatever the size.
  fileprivate var brief: String { fixed(digits: self >= 100 ? 0 : self >= 10 ? 1 : self >= 1 ? 2 : 3) }
}
