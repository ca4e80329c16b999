/// What a `TerminalProgress` counts.
public enum ProgressUnit: Hashable, Sendable {
  /// Samples or other things, shown one by one.
  case count
  /// Bytes, shown as megabytes (10^6).
  case bytes

  /// A number of them, with the unit.
  package func text(_ count: Int) -> String { number(count) + suffix }

  func number(_ count: Int) -> String {
    switch self {
    case .count: count.grouped
    case .bytes: (Double(count) / 1e6).fixed(digits: 1)
    }
  }

  var suffix: String { self == .bytes ? " MB" : "" }

  func rateText(_ rate: Double) -> String {
    if self == .bytes { return "\((rate / 1e6).fixed(digits: 1)) MB/s" }
    if rate >= 100 { return "\(rate < 0x1p52 ? Int(rate).grouped : "\(rate)")/s" }
    return rate >= 1 || rate == 0 ? "\(rate.fixed(digits: 1))/s" : "\((rate * 60).fixed(digits: 1))/min"
  }
}
