/// What Foundation's decoder does not tell about JSON that it has accepted.
struct JSONOutline {
  /// How many members the outermost object has. Where names are there twice, the decoder delivers fewer.
  private(set) var outerMemberCount = 0
  /// How many members the objects in that one have.
  private(set) var innerMemberCount = 0
  /// Whether there is what only the decoder takes for JSON, or for a whole number: a comma before the end of an array,
  /// a number with a point or an exponent, or -0.
  private(set) var isLenient = false

  init(of json: [UInt8]) {
    var depth = 0
    var isInString = false
    var isEscaped = false
    var last = UInt8(ascii: " ")
    for byte in json {
      if isEscaped {
        isEscaped = false
      } else if isInString {
        isInString = byte != UInt8(ascii: "\"")
        isEscaped = byte == UInt8(ascii: "\\")
      } else if !Self.isSpace(byte) {
        isInString = byte == UInt8(ascii: "\"")
        note(byte, after: last, depth: &depth)
        last = byte
      }
    }
  }

  /// A byte outside of strings that is no space, and the one before it.
  private mutating func note(_ byte: UInt8, after last: UInt8, depth: inout Int) {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if last == UInt8(ascii: ",") { isLenient = true }
    case UInt8(ascii: ":") where depth == 1: outerMemberCount += 1
    case UInt8(ascii: ":") where depth == 2: innerMemberCount += 1
    case UInt8(ascii: "."): isLenient = true
    case UInt8(ascii: "0") where last == UInt8(ascii: "-"): isLenient = true
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      if Self.isDigit(last) { isLenient = true }
    default: break
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
