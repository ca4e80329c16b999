/// Standard output or standard error, written to at once, without a buffer.
package enum StandardStream: Int32 {
  case output = 1
  case error = 2

  /// A stream that is closed must not be the file that is opened next. Writing to it is an error, as before.
  package static func keepClosed() {
    while true {
      let descriptor = open("/dev/null", O_RDONLY)
      if (0...2).contains(descriptor) { continue }
      if descriptor >= 0 { close(descriptor) }
      return
    }
  }

  private var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Whether this is a terminal, one that can erase a line: not what `TERM=dumb` stands for.
  package var isErasable: Bool { isTerminal && Self.variable("TERM") != "dumb" }

  /// The width in characters, that of the terminal or what `COLUMNS` says where that is less; nil where this is no
  /// terminal, or one of unknown width.
  package var width: Int? {
    guard isTerminal else { return nil }
    var size = winsize()
    let isKnown = ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0
    let widths = [isKnown ? Int(size.ws_col) : 0, Self.variable("COLUMNS").flatMap { Int($0) } ?? 0]
    return widths.filter { $0 > 0 }.min()
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// - Throws: `WritingError`, as when the disk is full.
  package func write(line: String) throws(WritingError) { try write(line + "\n") }

  /// Names of files get their own bytes, which need not be UTF-8.
  package func write(_ text: String) throws(WritingError) {
    var rest = text.systemBytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { writeSome($0, to: rawValue) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        throw WritingError(stream: self, error: .last)
      }
    }
  }
}

// A name of its own, since the method `write` hides the C library's function.
private func writeSome(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

/// Why a stream takes no more text.
package struct WritingError: Error, CustomStringConvertible {
  package let stream: StandardStream
  let error: SystemError

  /// Whether the stream has no reader any more.
  package var isBrokenPipe: Bool { error.code == EPIPE }

  package var description: String { "cannot write to standard \(stream): \(error.text)" }
}
