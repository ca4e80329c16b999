/// A column of a CSV file, by its name in the header or by its number, counted from 0. Written as a literal: `"age"`, `3`.
public enum CSVColumn: Hashable, Sendable {
  /// The column with that name in the header.
  case named(String)
  /// The column with that number, counted from 0.
  case numbered(Int)
}

extension CSVColumn: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  public init(stringLiteral name: String) { self = .named(name) }
  public init(integerLiteral number: Int) { self = .numbered(number) }
}

extension CSVColumn: CustomStringConvertible {
  public var description: String {
    switch self {
    case .named(let name): "column \(name.quotedBriefly)"
    case .numbered(let number): "column \(number) (counted from 0)"
    }
  }
}

/// What stands between the fields of a row.
public enum CSVSeparator: Character, CaseIterable, Sendable {
  /// `,`
  case comma = ","
  /// `;`
  case semicolon = ";"
  /// A tabulator.
  case tab = "\t"
}

/// What separates the whole part of a number from its fraction.
public enum CSVDecimal: Character, CaseIterable, Sendable {
  /// `.`
  case point = "."
  /// `,`; a field with a point is no number then.
  case comma = ","

  /// Calls `body` with the text of a field, written with a point.
  ///
  /// - Returns: nil where the field cannot be a number.
  func withPoint<Result>(
    _ field: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result?
  ) -> Result? {
    if self == .point { return body(field) }
    if field.contains(UInt8(ascii: ".")) { return nil }
    guard field.contains(UInt8(ascii: ",")) else { return body(field) }
    return field.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }.withUnsafeBytes(body)
  }
}
