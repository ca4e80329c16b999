import BatchUpFiles

extension [CSVColumnSurvey] {
  /// Whether the first row has names: where a column of numbers begins with a text, where it cannot be data, or where no
  /// field of it is a number. A file of nothing but numbers has no header, unless its first field is empty as pandas
  /// leaves it over an index.
  var hasHeader: Bool {
    guard let rowCount = first?.rowCount else { return false }
    let hasNumber = contains { $0.first.kind == .number }
    let hasText = contains { $0.first.kind == .text }
    if rowCount == 0 { return hasText && !hasNumber }
    if contains(where: \.beginsNumbersWithText) || beginsWithIndex { return true }
    // Values come again, and names hardly.
    if count(where: \.isFirstTextRepeated) * 2 > count(where: { $0.first.kind == .text }) { return false }
    return hasNumber ? numbersAreNames : hasText
  }

  /// As pandas writes an index without a name: its heading is empty, and the other headings are distinct.
  private var beginsWithIndex: Bool {
    guard let index = first, index.first.text.isEmpty, index.missing[""] == 1, count > 1 else { return false }
    let names = dropFirst().map(\.first.text)
    guard Set(names).count == names.count, dropFirst().allSatisfy({ $0.first.kind != .missing }) else { return false }
    let areNumbered = names.enumerated().allSatisfy { "\($0)" == $1 }
    return areNumbered || index.isIndex || index.textCount > 0
  }

  /// Whether all numbers of the first row, of which other columns have texts, are such as columns are called by.
  private var numbersAreNames: Bool {
    guard contains(where: { $0.textCount > 0 }) else { return false }
    let numbers = filter { $0.first.kind == .number && !$0.isOfTextsBelow }
    return numbers.areYears || numbers.allSatisfy(\.isOfFractionsBelow)
  }

  /// Years in their order, over columns without any.
  private var areYears: Bool {
    let range = 1800.0...2100
    let years = compactMap(\.first.number)
    return zip(years, years.dropFirst()).allSatisfy { $0 < $1 }
      && allSatisfy { column in
        guard let year = column.first.number, year == year.rounded(), range.contains(year) else { return false }
        return column.numberCount > 0 && (column.maximum < range.lowerBound || column.minimum > range.upperBound)
      }
  }
}

extension CSVColumnSurvey {
  fileprivate var beginsNumbersWithText: Bool { first.kind == .text && textCount == 0 && numberCount > 0 }

  fileprivate var isFirstTextRepeated: Bool { first.kind == .text && isFirstRepeated }

  fileprivate var isOfTextsBelow: Bool { textCount > 0 && numberCount == 0 }

  /// Whether the first field is a plain number, as pandas numbers columns, and none of the others is.
  fileprivate var isOfFractionsBelow: Bool {
    numberCount > 0 && !hasPlainInteger && first.text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
