#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Standard output or standard error, written to at once, without a buffer.
package enum StandardStream: Int32 {
  case output = 1
  case error = 2

  /// Whether this is a terminal, one that can erase a line: not what `TERM=dumb` stands for.
  package var isErasable: Bool {
    guard isatty(rawValue) == 1 else { return false }
    return getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  /// The width of the terminal in characters; nil where it is unknown.
  package var width: Int? {
    var size = winsize()
    guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// - Throws: `WritingError`, as when the disk is full.
  package func write(line: String) throws(WritingError) { try write(line + "\n") }

  package func write(_ text: String) throws(WritingError) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(rawValue, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        throw WritingError(stream: self, reason: String(cString: strerror(errno)))
      }
    }
  }

  private func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes, count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes, count)
    #else
      Darwin.write(descriptor, bytes, count)
    #endif
  }
}

/// Why a stream takes no more text.
package struct WritingError: Error, CustomStringConvertible {
  package let stream: StandardStream
  package let reason: String

  package var description: String { "cannot write to standard \(stream): \(reason)" }
}
