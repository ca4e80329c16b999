import BatchUp
import BatchUpSystem
import Foundation

/// What a command tells programs: one JSON object, its names in snake case.
protocol CommandReport: Encodable {}

extension CommandReport {
  func jsonData() throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  func json() throws -> String { String(decoding: try jsonData(), as: UTF8.self).escapingPathBytesForJSON }
}
