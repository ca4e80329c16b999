/// The text of an .npy header: the literal of a Python dictionary with the keys `descr`, `fortran_order` and `shape`.
///
/// What NumPy and others write is understood, which is much less than Python: the keys in any order, single or double
/// quotes without escapes, spaces anywhere, a comma behind the last pair or none, and integers with Python 2's `L`.
struct NPYDictionary {
  let descriptor: String
  let isFortranOrder: Bool
  let shape: [Int]

  /// As many as NumPy has.
  static let axisLimit = 64

  /// `offset` is where in the file the text starts.
  init(_ text: [UInt8], offset: Int, path: String) throws(NPYError) {
    var scanner = NPYScanner(text: text, offset: offset, path: path)
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try scanner.expect("{")
    while !scanner.takes("}") {
      let key = try scanner.string("a key")
      try scanner.expect(":")
      switch key {
      case "descr": try Self.set(&descriptor, key, scanner.elementType(), path)
      case "fortran_order": try Self.set(&isFortranOrder, key, scanner.boolean(), path)
      case "shape": try Self.set(&shape, key, scanner.tuple(limit: Self.axisLimit), path)
      default: throw .damagedHeader(path: path, defect: "there is no key '\(key)' in the format")
      }
      if !scanner.takes(",") {
        try scanner.expect("}")
        break
      }
    }
    try scanner.expectEnd()
    self.descriptor = try Self.value(descriptor, "descr", path)
    self.isFortranOrder = try Self.value(isFortranOrder, "fortran_order", path)
    self.shape = try Self.value(shape, "shape", path)
  }

  private static func set<Value>(
    _ variable: inout Value?, _ key: String, _ value: Value, _ path: String
  ) throws(NPYError) {
    if variable != nil { throw .damagedHeader(path: path, defect: "the key '\(key)' comes twice") }
    variable = value
  }

  private static func value<Value>(_ value: Value?, _ key: String, _ path: String) throws(NPYError) -> Value {
    guard let value else { throw .damagedHeader(path: path, defect: "the key '\(key)' is missing") }
    return value
  }
}

/// Reads the parts of an .npy header's text from front to end; spaces before each are left out.
private struct NPYScanner {
  let text: [UInt8]
  let offset: Int
  let path: String
  private var position = 0

  init(text: [UInt8], offset: Int, path: String) {
    self.text = text
    self.offset = offset
    self.path = path
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  /// Whether the character comes next, which then is left behind.
  mutating func takes(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard let next, next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(NPYError) {
    if !takes(character) { throw unexpected(insteadOf: "'\(character)'") }
  }

  mutating func expectEnd() throws(NPYError) {
    skipSpaces()
    if next != nil { throw unexpected(insteadOf: "the end of the header") }
  }

  mutating func string(_ what: String) throws(NPYError) -> String {
    skipSpaces()
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw unexpected(insteadOf: what)
    }
    position += 1
    let start = position
    // What cannot be printed is in no name, and would be a question mark, which is one, in what is returned.
    while let character = next, (0x20..<0x7F).contains(character), character != quote, character != UInt8(ascii: "\\") {
      position += 1
    }
    guard next == quote else { throw unexpected(insteadOf: "the end of \(what)") }
    position += 1
    return readable(text[start..<position - 1])
  }

  /// The name of an element type; anything but a string is a type that is not supported.
  mutating func elementType() throws(NPYError) -> String {
    skipSpaces()
    if next == UInt8(ascii: "[") || next == UInt8(ascii: "(") {
      throw .unsupportedElementType(path: path, found: readable(text[position...]), kind: .structured)
    }
    return try string("an element type")
  }

  mutating func boolean() throws(NPYError) -> Bool {
    skipSpaces()
    for (name, value) in [("True", true), ("False", false)] where text[position...].starts(with: name.utf8) {
      position += name.utf8.count
      return value
    }
    throw unexpected(insteadOf: "True or False")
  }

  /// A Python tuple of lengths: (), (3,) or (3, 4).
  mutating func tuple(limit: Int) throws(NPYError) -> [Int] {
    var lengths: [Int] = []
    try expect("(")
    while !takes(")") {
      if lengths.count == limit { throw .damagedHeader(path: path, defect: "its shape has more than \(limit) axes") }
      lengths.append(try length())
      if !takes(",") {
        // (3) is a number in parentheses.
        if lengths.count < 2 { throw unexpected(insteadOf: "','") }
        try expect(")")
        break
      }
    }
    return lengths
  }

  private mutating func length() throws(NPYError) -> Int {
    skipSpaces()
    let digits = text[position...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    if digits.isEmpty { throw unexpected(insteadOf: "the length of an axis or ')'") }
    if digits.count > 1, digits.first == UInt8(ascii: "0") {
      throw unexpected(insteadOf: "a number without leading zeros")
    }
    guard let length = Int(String(decoding: digits, as: UTF8.self)) else {
      throw .damagedHeader(path: path, defect: "an axis has length \(readable(digits)), more than \(Int.max)")
    }
    position += digits.count
    if next == UInt8(ascii: "L") { position += 1 }
    return length
  }

  private mutating func skipSpaces() {
    while let next, next == 0x20 || (0x09...0x0D).contains(next) { position += 1 }
  }

  private func unexpected(insteadOf expected: String) -> NPYError {
    let found = next.map { _ in "'\(readable(text[position...].prefix(8)))'" } ?? "the end"
    return .damagedHeader(
      path: path, defect: "\(found) instead of \(expected) at byte \(offset + position)")
  }
}

/// Bytes as one short line of text.
private func readable(_ bytes: ArraySlice<UInt8>) -> String {
  let shown = 40
  let text = String(decoding: bytes.prefix(shown).map { (0x20..<0x7F).contains($0) ? $0 : 0x3F }, as: UTF8.self)
  return bytes.count > shown ? text + "…" : text
}
