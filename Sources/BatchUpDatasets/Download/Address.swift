internal import CBatchUpDownload

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
    folder + (folder.hasSuffix("/") ? "" : "/") + percentEncoded(name)
  }
}

/// Spaces, letters of other languages and what else is not allowed in addresses are encoded; what is encoded already stays.
private func withLegalCharacters(_ address: String) -> String {
  percentEncoded(address, except: ":/?#[]@!$&'()*+,;=%")
}

/// What need not be encoded anywhere stays, and what is in `allowed`.
private func percentEncoded(_ text: String, except allowed: String = "") -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  let kept = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8).union(allowed.utf8)
  let bytes = text.utf8.flatMap { byte in
    kept.contains(byte) ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Nil where what is encoded is no text.
private func withoutPercentEncoding(_ text: Substring) -> String? {
  var count: Int32 = 0
  guard let start = curl_easy_unescape(nil, String(text), Int32(clamping: text.utf8.count), &count) else { return nil }
  defer { curl_free(start) }
  let bytes = UnsafeRawBufferPointer(start: start, count: Int(count))
  return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
}
