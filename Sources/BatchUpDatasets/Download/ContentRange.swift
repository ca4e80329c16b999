/// What the header field `Content-Range` says: which bytes of a file these are, and how many it has.
struct ContentRange: Hashable {
  let bytes: ClosedRange<Int>
  /// Nil where the server does not know.
  let byteCount: Int?

  /// Nil where it is not in the syntax, or contradicts itself.
  init?(_ field: String) {
    let parts = field.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
    let halves = parts[1].split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = number(ends[0]), let last = number(ends[1]), first <= last else { return nil }
    if halves[1] == "*" {
      byteCount = nil
    } else {
      guard let count = number(halves[1]), last < count else { return nil }
      byteCount = count
    }
    bytes = first...last
  }
}

/// Digits only, unlike with `Int(_:)`; not more than fit.
func number(_ text: some StringProtocol) -> Int? {
  text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
}
