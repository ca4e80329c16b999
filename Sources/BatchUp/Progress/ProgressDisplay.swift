import BatchUpSystem

/// Where progress is shown: a line that is drawn again and again, or lines one below the other.
struct ProgressDisplay {
  /// The width of the line that can be erased; nil where lines stay.
  let width: (() -> Int)?
  let write: (String) -> Void

  /// 19 of these are more than a second. So no second has more than 20 updates: the draws of one piece of work and its
  /// end, or those of several, since the first draw waits for twice the time.
  private static let drawInterval = Duration.milliseconds(55)
  private static let lineInterval = Duration.seconds(5)
  private static let usualWidth = 80
  private static let eraseLine = "\r\u{1B}[K"

  static var standardError: ProgressDisplay {
    let stream = StandardStream.error
    return ProgressDisplay(
      width: stream.isErasable ? { stream.width ?? usualWidth } : nil,
      // What cannot be shown is not worth stopping for.
      write: { try? stream.write($0) })
  }

  var isErasable: Bool { width != nil }

  /// The least time between two updates.
  var interval: Duration { isErasable ? Self.drawInterval : Self.lineInterval }

  /// The least time from the start, or from an erasure, to the next update.
  var firstDelay: Duration { isErasable ? Self.drawInterval * 2 : Self.lineInterval }

  func show(_ line: ProgressLine) {
    write(width.map { Self.eraseLine + line.text(width: $0()) } ?? line.text + "\n")
  }

  func erase() { write(Self.eraseLine) }
}
