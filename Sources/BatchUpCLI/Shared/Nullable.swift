/// A member of a report that is written as null where it is nil, instead of left out.
@propertyWrapper
struct Nullable<Value> {
  var wrappedValue: Value?

  // The implicit one has a default value, so that a report would take a wrapper instead of the value.
  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
}

extension Nullable: Encodable where Value: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

extension Nullable: Decodable where Value: Decodable {
  init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode(Value?.self)
  }
}
