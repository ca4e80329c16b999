/// How far an epoch has come, in one line on standard error where that is a terminal.
struct ProgressBar {
  private let label: String
  private let total: Int
  private var done = 0
  /// Nil before the first one, which comes at once.
  private var lastUpdate: ContinuousClock.Instant?
  private var isVisible = false

  private static let interval = Duration.milliseconds(50)
  private static let usualWidth = 80

  /// Nil where standard error is not a terminal, or one that cannot erase a line.
  init?(label: String, total: Int) {
    guard StandardStream.error.isErasable else { return nil }
    self.label = label
    self.total = total
  }

  /// Counts samples, and shows how many there are from time to time.
  mutating func advance(by count: Int) {
    done += count
    let now = ContinuousClock.now
    if let lastUpdate, now - lastUpdate < Self.interval { return }
    lastUpdate = now
    isVisible = true
    let width = StandardStream.error.width ?? Self.usualWidth
    draw(Self.text(label: label, done: done, total: total, width: width))
  }

  mutating func erase() {
    if isVisible { draw("") }
    isVisible = false
  }

  /// A text shorter than `width`, since the cursor of a terminal may wrap at a full line.
  static func text(label: String, done: Int, total: Int, width: Int) -> String {
    let share = total > 0 ? Double(min(done, total)) / Double(total) : 1
    let percentage = "\(Int(share * 100)) %".padded(to: 5)
    let barWidth = min(40, width - 1 - label.count - percentage.count - 4)
    if barWidth < 4 { return String("\(label) \(percentage)".prefix(max(0, width - 1))) }
    let filled = Int(share * Double(barWidth))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: barWidth - filled)
    return "\(label) [\(bar)] \(percentage)"
  }

  private func draw(_ text: String) {
    let eraseLine = "\r\u{1B}[K"
    // What cannot be shown is not worth stopping for.
    try? StandardStream.error.write(eraseLine + text)
  }
}
