/// A number of samples that is checked when it is decoded, so that damaged states are errors and never overflow.
@propertyWrapper
struct CheckedCount: Sendable, Hashable {
  var wrappedValue: Int

  /// 2^53: as many as a Double tells apart, and more than anybody counts. A thousand of them can be added up.
  static let limit = 1 << 53
}

extension CheckedCount: Codable {
  /// - Throws: `DecodingError` where it is negative, or more than 2^53.
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = try container.decode(Int.self)
    guard (0...Self.limit).contains(wrappedValue) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a count of \(wrappedValue)")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}
