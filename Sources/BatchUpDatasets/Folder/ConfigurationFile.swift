import BatchUp
import BatchUpSystem

/// The settings of a file in the syntax that Python's `configparser.RawConfigParser` reads: sections of options.
struct ConfigurationFile {
  private(set) var sections: [String: [String: String]] = [:]

  /// No settings where there is no such file; the same with a warning where it cannot be read, or is not in the syntax.
  init(path: String, warn: (String) -> Void) {
    let file: ReadableFile
    do { file = try ReadableFile(path: path) } catch {
      if let reason = error.reason { warn("WARNING: \(path) is not used: \(reason)") }
      return
    }
    do {
      self = try ConfigurationFile(text: Self.text(of: file))
    } catch {
      warn("WARNING: \(path) is not used: \(error.reason)")
    }
  }

  init(text: String) throws(SyntaxError) {
    var parser = Parser()
    let scalars = text.unicodeScalars
    var start = scalars.startIndex
    while start < scalars.endIndex {
      let end = scalars[start...].firstIndex { $0 == "\n" || $0 == "\r" } ?? scalars.endIndex
      try parser.read(scalars[start..<end])
      if end == scalars.endIndex { break }
      let next = scalars.index(after: end)
      let isPair = scalars[end] == "\r" && next < scalars.endIndex && scalars[next] == "\n"
      start = isPair ? scalars.index(after: next) : next
    }
    if let error = parser.firstError { throw error }
    sections = parser.sections.mapValues { $0.mapValues(joined) }
  }

  /// Sections that are there have the options of the section `DEFAULT`, too.
  func value(of option: String, in section: String) -> String? {
    guard let options = sections[section] else { return nil }
    return options[option] ?? sections["DEFAULT"]?[option]
  }

  struct SyntaxError: Error, Hashable {
    let reason: String
  }

  private static func text(of file: ReadableFile) throws(SyntaxError) -> String {
    let limit = 1 << 20
    let bytes: [UInt8]
    do {
      bytes = try [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count throws(SystemError) in
        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
      }
    } catch { throw SyntaxError(reason: "it cannot be read: \(error.text)") }
    if bytes.count > limit { throw SyntaxError(reason: "it has more than \(limit) bytes") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw SyntaxError(reason: "it is not UTF-8") }
    return text
  }
}

extension ReadableFile.Failure {
  /// Why there are no settings; nil where there is no file.
  fileprivate var reason: String? {
    switch self {
    case .notRegular: "it is not a regular file"
    case .system(let error): error.code == ENOENT || error.code == ENOTDIR ? nil : "it cannot be opened: \(error.text)"
    }
  }
}

/// Lines of a value, without the empty ones at its end.
private func joined(_ lines: [String]) -> String {
  let text = lines.joined(separator: "\n").unicodeScalars
  guard let last = text.lastIndex(where: { !isSpace($0) }) else { return "" }
  return String(text[...last])
}

/// What Python takes for white space.
func isSpace(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
}
