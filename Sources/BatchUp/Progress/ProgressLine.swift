/// What there is to say about some work, in one line.
struct ProgressLine {
  let label: String
  let state: ProgressState
  /// What is done in a second; nil where it is not known yet.
  let rate: Double?
  var unit = ProgressUnit.count

  private static let barWidths = (least: 10, most: 40)

  /// The line with a bar, for a terminal, in less than `width` columns: the cursor may wrap at a full line.
  ///
  /// Where there is little room, the count, the rate and the remaining time are left out in this order, then the bar;
  /// last of all the end of the line.
  func text(width: Int) -> String {
    let room = max(0, width - 1)
    guard let fraction = state.fraction else { return textWithoutTotal(room: room) }
    let front = [name, "\(Int(fraction * 100)) %".padded(to: 5)].filter { !$0.isEmpty }
    var details = [count, rateText, remainingText].compactMap { $0 }
    while true {
      let texts = front + details
      // A bar has brackets and a space behind it.
      let barRoom = room - columns(of: texts) - 3
      if barRoom >= Self.barWidths.least {
        let bar = Self.bar(fraction: fraction, width: min(barRoom, Self.barWidths.most))
        return (front.dropLast() + [bar + " " + front[front.count - 1]] + details).joined(separator: "  ")
      }
      if details.isEmpty { return front.joined(separator: "  ").cut(toColumns: room) }
      details.removeFirst()
    }
  }

  /// The line without a bar, for a log.
  var text: String {
    let share = state.fraction.map { " (\(Int($0 * 100)) %)" } ?? ""
    return [name, count + share, rateText, remainingText.map { "\($0) left" }]
      .compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private func textWithoutTotal(room: Int) -> String {
    let texts = [name, count, rateText].compactMap { $0 }.filter { !$0.isEmpty }
    let isTooLong = columns(of: texts) > room
    return (isTooLong ? Array(texts.dropLast()) : texts).joined(separator: "  ").cut(toColumns: room)
  }

  /// The label without what would move the cursor.
  private var name: String {
    String(String.UnicodeScalarView(label.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  private var count: String {
    guard let totalCount = state.totalCount else { return unit.text(state.completedCount) }
    let total = unit.number(totalCount)
    return "\(unit.number(state.completedCount).padded(to: total.count))/\(total)\(unit.suffix)"
  }

  private var rateText: String? { rate.map(unit.rateText) }

  private var remainingText: String? {
    guard let rate, rate > 0, let totalCount = state.totalCount else { return nil }
    return Self.clock(seconds: Double(max(0, totalCount - state.completedCount)) / rate)
  }

  private static func bar(fraction: Double, width: Int) -> String {
    let filled = Int(fraction * Double(width))
    return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
  }

  /// Minutes and seconds, with hours where there are any; days from 100 hours on; nil from 1,000 days on.
  static func clock(seconds: Double) -> String? {
    guard seconds < 86_400_000 else { return nil }
    let whole = Int(seconds.rounded(.up))
    if whole >= 360_000 { return "\(whole / 86_400) days" }
    let (minutes, rest) = (whole / 60 % 60, "\(whole % 60)".padded(to: 2, with: "0"))
    return whole < 3_600 ? "\(minutes):\(rest)" : "\(whole / 3_600):\("\(minutes)".padded(to: 2, with: "0")):\(rest)"
  }

  private func columns(of texts: [String]) -> Int {
    texts.reduce(2 * max(0, texts.count - 1)) { $0 + $1.columnBound }
  }
}

extension String {
  /// At least as many columns as a terminal may use for this text.
  package var columnBound: Int { unicodeScalars.reduce(0) { $0 + $1.columnBound } }

  /// The longest beginning that fits.
  func cut(toColumns room: Int) -> String {
    var rest = room
    return String(
      prefix { character in
        rest -= character.unicodeScalars.reduce(0) { $0 + $1.columnBound }
        return rest >= 0
      })
  }
}

extension Unicode.Scalar {
  /// The first characters that terminals draw two columns wide are the Hangul letters.
  fileprivate var columnBound: Int { value < 0x1100 ? 1 : 2 }
}
