import BatchUp

/// The fields of a JSON object, each of which must be read: what a replay does not know, it would pass over.
struct Fields {
  private let container: KeyedDecodingContainer<FieldName>
  private var unread: Set<String>

  init(_ decoder: any Decoder) throws {
    container = try decoder.container(keyedBy: FieldName.self)
    unread = Set(container.allKeys.map(\.stringValue))
  }

  /// The value of a field that must be there; it may be null where `Value` is optional.
  mutating func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    unread.remove(name)
    return try container.decode(type, forKey: FieldName(stringValue: name))
  }

  mutating func readIfPresent<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
    unread.remove(name)
    return try container.decodeIfPresent(type, forKey: FieldName(stringValue: name))
  }

  func requireAllRead() throws {
    if !unread.isEmpty { throw invalid("fields that are not known here: \(unread.sorted())") }
  }

  func invalid(_ reason: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: container.codingPath, debugDescription: reason))
  }
}

private struct FieldName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }

  init?(intValue: Int) { return nil }
}

extension Fields {
  /// A number, or "infinite".
  mutating func readCount(_ name: String) throws -> SampleCount {
    if let count = try? read(name, as: Int.self) { return .finite(count) }
    let word = try read(name, as: String.self)
    guard word == "infinite" else { throw invalid("\(name) is \(word)") }
    return .infinite
  }
}

extension Repetition {
  /// Python's number of repeats, where -1 is for ever.
  init(python repeats: Int) {
    self = repeats == -1 ? .forever : .times(repeats)
  }
}

/// What is decoded from an object of which every field is read.
protocol FieldsDecodable: Decodable {
  init(reading fields: inout Fields) throws
}

extension FieldsDecodable {
  init(from decoder: any Decoder) throws {
    var fields = try Fields(decoder)
    try self.init(reading: &fields)
    try fields.requireAllRead()
  }
}
