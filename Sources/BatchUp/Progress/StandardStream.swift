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
    var rest = text.pathBytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(rawValue, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        throw WritingError(stream: self, code: errno)
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
  let code: Int32

  /// Whether nobody reads the stream any more.
  package var isBrokenPipe: Bool { code == EPIPE }

  package var description: String { "cannot write to standard \(stream): \(String(cString: strerror(code)))" }
}
