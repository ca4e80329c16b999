/// Where a file may be had.
enum Address {
  case web(String)
  case file(path: String)

  /// Nil where it is none with `https:`, `http:` or `file:`.
  init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = text[text.index(after: colon)...]
    guard rest.hasPrefix("//") else { return nil }
    switch text[..<colon].lowercased() {
    case "http", "https": self = .web(withLegalCharacters(text))
    case "file":
      guard let path = rest.dropFirst(2).firstIndex(of: "/").map({ rest[$0...] }) else { return nil }
      guard let decoded = withoutPercentEncoding(path) else { return nil }
      self = .file(path: decoded)
    default: return nil
    }
  }

  /// The address of a file in a folder.
  static func of(_ name: String, in folder: String) -> String {
    folder + (folder.hasSuffix("/") ? "" : "/") + percentEncoded(name) { isUnreserved($0) }
  }
}

/// Spaces, letters of other languages and what else is not allowed in addresses are encoded; what is encoded already stays.
private func withLegalCharacters(_ address: String) -> String {
  percentEncoded(address) { isUnreserved($0) || ":/?#[]@!$&'()*+,;=%".utf8.contains($0) }
}

private func isUnreserved(_ byte: UInt8) -> Bool {
  switch UInt8(ascii: " ")..<127 ~= byte ? Character(Unicode.Scalar(byte)) : " " {
  case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": true
  default: false
  }
}

private func percentEncoded(_ text: String, except isAllowed: (UInt8) -> Bool) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  let bytes = text.utf8.flatMap { byte in
    isAllowed(byte) ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Nil where what is encoded is no text.
private func withoutPercentEncoding(_ text: Substring) -> String? {
  var bytes: [UInt8] = []
  var rest = text.utf8
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
      bytes.append(code)
      rest = rest.dropFirst(2)
    } else {
      bytes.append(byte)
    }
  }
  return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
}
