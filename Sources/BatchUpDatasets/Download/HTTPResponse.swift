/// The header of an answer.
struct HTTPResponse {
  private(set) var status = 0
  /// By their names in lower case.
  private var fields: [String: String] = [:]

  /// Takes a line of the header; one that begins another header replaces what came before, as with redirects.
  mutating func add(_ line: String) {
    if line.hasPrefix("HTTP/") {
      self = HTTPResponse()
      status = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { number($0) } ?? 0
    } else if let colon = line.firstIndex(of: ":"), fields.count < 1000 {
      fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].trimmed(\.isWhitespace))
    }
  }

  subscript(field: String) -> String? { fields[field] }

  /// Whether the bytes that arrive are others than those that the server counts.
  private var isEncoded: Bool { self["content-encoding"].map { $0.lowercased() != "identity" } ?? false }

  /// Nil where it is not known.
  var bodyByteCount: Int? { isEncoded ? nil : self["content-length"].flatMap { number($0) } }

  /// What the field `If-Range` may have: no weak ETag, which may be that of other bytes, and no date that is the answer's
  /// own, since the file may change again within a second.
  var validator: String? {
    if isEncoded { return nil }
    let tag = self["etag"].flatMap { $0.hasPrefix("\"") ? $0 : nil }
    let date = self["last-modified"] == self["date"] ? nil : self["last-modified"]
    return (tag ?? date).flatMap { text in
      text.utf8.count <= 1000 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : nil
    }
  }
}

extension HTTPResponse {
  /// Returns whether the file has that validator; nil where the server does not say.
  func has(_ validator: String) -> Bool? {
    if isEncoded { return nil }
    return self[validator.hasPrefix("\"") ? "etag" : "last-modified"].map { $0 == validator }
  }
}
