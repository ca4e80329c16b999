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
