import BatchUp

/// What the fields of a column are; those of the first row are kept apart, since it may be a header.
package struct CSVColumnSurvey {
  package enum Kind: Sendable {
    case number, missing, doubtful, text
  }

  /// The field of the first row.
  package fileprivate(set) var first: (kind: Kind, text: String, number: Double?)
  /// The number of later rows.
  package fileprivate(set) var rowCount = 0
  /// Whether a later row has the same field.
  package fileprivate(set) var isFirstRepeated = false
  /// The numbers of later rows, and the least and the largest of them.
  package fileprivate(set) var numberCount = 0
  package fileprivate(set) var minimum = Double.infinity
  package fileprivate(set) var maximum = -Double.infinity
  /// Whether a number of a later row is written with digits alone.
  package fileprivate(set) var hasPlainInteger = false
  /// Whether all numbers of later rows count up from 0 by 1.
  package fileprivate(set) var isIndex = true
  /// Whole numbers, the first row's among them, that a Double may not hold exactly.
  package fileprivate(set) var inexactCount = 0
  /// Whether all numbers, the first row's among them, are whole ones of 64 bits.
  package fileprivate(set) var isInt64 = true
  /// The texts of later rows, and how often each spelling of a missing number occurs in all rows.
  package fileprivate(set) var textCount = 0
  package fileprivate(set) var missing: [String: Int] = [:]
  package fileprivate(set) var doubtful: [String: Int] = [:]
}

extension CSVColumnSurvey {
  /// Whether the column is one of numbers: it has no text, and where it has doubtful fields, a number.
  package func isOfNumbers(hasHeader: Bool) -> Bool {
    let isFirstText = !hasHeader && first.kind == .text
    let isFirstNumber = !hasHeader && first.kind == .number
    return textCount == 0 && !isFirstText && (doubtful.isEmpty || numberCount > 0 || isFirstNumber)
  }
}

/// Counts what the columns hold. The file is one without a header.
final class CSVSurvey: CSVSink {
  private(set) var columns: [CSVColumnSurvey] = []
  private let decimal: CSVDecimal
  private let missing: CSVSpellings
  private let doubtful: CSVSpellings
  private var firstFields: [[UInt8]] = []
  private var rowCount = 0

  init(of file: CSVFile, doubtful: Set<String>) {
    decimal = file.decimal
    missing = CSVSpellings(file.missingSpellings)
    self.doubtful = CSVSpellings(doubtful)
  }

  func take(_ field: UnsafeRawBufferPointer, column: Int, line: Int) {
    let number = missing.contains(field) ? nil : decimal.withPoint(field) { Double.number(fromText: $0) }
    let kind: CSVColumnSurvey.Kind =
      number != nil ? .number : missing.contains(field) ? .missing : doubtful.contains(field) ? .doubtful : .text
    if rowCount == 0 {
      firstFields.append(Array(field))
      columns.append(CSVColumnSurvey(first: (kind, String(decoding: field, as: UTF8.self), number)))
    } else {
      columns[column].take(kind, number, field, isFirst: field.elementsEqual(firstFields[column]), row: rowCount)
    }
    columns[column].count(kind, number, field)
  }

  func endRow(fieldCount: Int, line: Int) -> Bool {
    rowCount += 1
    return true
  }
}

extension CSVColumnSurvey {
  /// A field of a row behind the first.
  fileprivate mutating func take(
    _ kind: Kind, _ number: Double?, _ field: UnsafeRawBufferPointer, isFirst: Bool, row: Int
  ) {
    rowCount += 1
    isFirstRepeated = isFirstRepeated || isFirst
    isIndex = isIndex && number == Double(row - 1)
    if kind == .text { textCount += 1 }
    guard let number else { return }
    numberCount += 1
    minimum = min(minimum, number)
    maximum = max(maximum, number)
    hasPlainInteger = hasPlainInteger || field.isOfDigits
  }

  /// A field of any row.
  fileprivate mutating func count(_ kind: Kind, _ number: Double?, _ field: UnsafeRawBufferPointer) {
    switch kind {
    case .number:
      // Up to 15 digits are exact.
      if !isInt64 && field.count <= 15 { return }
      let whole = Int64.number(fromText: field)
      isInt64 = isInt64 && whole != nil
      if field.count > 15, field.dropFirst(field.first == UInt8(ascii: "-") ? 1 : 0).isOfDigits {
        let isExact = whole.map { Double(exactly: $0) != nil } ?? false
        if !isExact { inexactCount += 1 }
      }
    case .missing: missing[String(decoding: field, as: UTF8.self), default: 0] += 1
    case .doubtful: doubtful[String(decoding: field, as: UTF8.self), default: 0] += 1
    case .text: break
    }
  }
}

extension Collection<UInt8> {
  /// Whether there is nothing but decimal digits.
  fileprivate var isOfDigits: Bool { !isEmpty && allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
}
