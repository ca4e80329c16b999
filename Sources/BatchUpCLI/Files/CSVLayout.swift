import BatchUp
import BatchUpFiles

/// How a CSV file is read: what was said, and what its rows tell.
struct CSVLayout {
  let file: CSVFile
  let rowCount: Int
  /// The columns of numbers, and those of texts.
  let numbers: [Int]
  let texts: [Int]
  private let survey: [CSVColumnSurvey]
  private let hasHeader: Bool

  /// Taken for missing numbers in columns that have numbers and no other text.
  private static let doubtful: Set<String> = ["?", "-"]

  init(path: String, _ settings: CSVSettings) throws(CSVError) {
    let best = try Candidate.best(path: path, settings, doubtful: Self.doubtful)
    let hasHeader = settings.header ?? best.survey.hasHeader
    self.hasHeader = hasHeader
    survey = best.survey
    numbers = survey.indices.filter { best.survey[$0].isOfNumbers(hasHeader: hasHeader) }
    texts = survey.indices.filter { !best.survey[$0].isOfNumbers(hasHeader: hasHeader) }
    rowCount = (survey.first?.rowCount ?? 0) + (hasHeader ? 0 : 1)
    file = try CSVFile(
      path: path, separator: best.file.separator, decimal: best.file.decimal, hasHeader: hasHeader,
      missing: best.file.missingSpellings.union(Self.doubtful))
  }

  func name(ofColumn column: Int) -> String { file.columnNames?[column] ?? "column \(column)" }

  /// Whether Double would round some of the numbers, and Int64 would not.
  var needsInt64: Bool { !inexact.isEmpty && numbers.allSatisfy { survey[$0].isInt64 } && missing.isEmpty }

  private var inexact: [Int] { numbers.filter { survey[$0].inexactCount > 0 } }

  /// How often each spelling of a missing number occurs.
  private var missing: [String: Int] {
    var counts: [String: Int] = [:]
    for column in numbers {
      counts.merge(survey[column].missing, uniquingKeysWith: +)
      counts.merge(survey[column].doubtful, uniquingKeysWith: +)
      let first = survey[column].first
      if hasHeader, first.kind == .missing || first.kind == .doubtful { counts[first.text, default: 1] -= 1 }
    }
    return counts.filter { $0.value > 0 }
  }

  /// One line about how the file is read.
  var notice: String {
    var facts = [
      hasHeader ? "the first row is a header" : "no header", "separator \(Self.quoted(file.separator.rawValue))",
      "decimal \(Self.quoted(file.decimal.rawValue))",
    ]
    let missing = missing.sorted { $0.key < $1.key }.map { "\($0.key.quotedBriefly) (\($0.value))" }
    if !missing.isEmpty { facts.append("missing numbers: " + Self.list(missing)) }
    if !texts.isEmpty { facts.append("label codes: " + list(texts)) }
    if needsInt64 { facts.append("numbers beyond 2^53, read as Int64") }
    if !inexact.isEmpty, !needsInt64 {
      facts.append("numbers beyond 2^53, which Double rounds, in: \(list(inexact))")
    }
    return "\(file.path): read as CSV: " + facts.joined(separator: "; ")
  }

  private func list(_ columns: [Int]) -> String { Self.list(columns.map { name(ofColumn: $0).quotedBriefly }) }

  private static func list(_ texts: [String]) -> String {
    texts.prefix(10).joined(separator: ", ") + (texts.count > 10 ? " and \(texts.count - 10) more" : "")
  }

  private static func quoted(_ character: Character) -> String { character == "\t" ? "tab" : "\"\(character)\"" }
}

/// A way of reading a file, and what its columns are then.
private struct Candidate {
  /// Without a header.
  let file: CSVFile
  let survey: [CSVColumnSurvey]

  private init(_ file: CSVFile, doubtful: Set<String>) throws(CSVError) {
    self.file = file
    survey = try file.survey(doubtful: doubtful)
  }

  private var numberColumnCount: Int { survey.count { $0.isOfNumbers(hasHeader: true) } }

  private func isBetter(than other: Candidate) -> Bool {
    let (count, otherCount) = (numberColumnCount * other.survey.count, other.numberColumnCount * survey.count)
    return (count, survey.count) > (otherCount, other.survey.count)
  }

  /// The separator by which all rows have as many fields and most of the columns are numbers, and the decimal mark by
  /// which more columns are.
  static func best(path: String, _ settings: CSVSettings, doubtful: Set<String>) throws(CSVError) -> Candidate {
    var best: Candidate?
    var failure: CSVError?
    let files = try files(path: path, settings)
    for file in files.sorted(by: { $0.columnCount > $1.columnCount }) {
      do throws(CSVError) {
        let candidate = try Candidate(file, doubtful: doubtful).withDecimal(settings, doubtful: doubtful)
        if best.map(candidate.isBetter) ?? true { best = candidate }
      } catch {
        failure = failure ?? error
      }
    }
    if let best { return best }
    throw failure ?? .empty(path: path)
  }

  /// Files by the separators that split the first row, none of them inside quotes.
  private static func files(path: String, _ settings: CSVSettings) throws(CSVError) -> [CSVFile] {
    let missing = CSVFile.standardMissingSpellings.union(settings.missing)
    func open(_ separator: CSVSeparator) throws(CSVError) -> CSVFile {
      try CSVFile(
        path: path, separator: separator, decimal: settings.decimal ?? .point, hasHeader: false, missing: missing)
    }
    if let separator = settings.separator { return [try open(separator)] }
    var failure: CSVError?
    var files: [CSVFile] = []
    for separator in CSVSeparator.allCases {
      do throws(CSVError) { files.append(try open(separator)) } catch { failure = failure ?? error }
    }
    let split = files.filter { $0.columnCount > 1 }
    if split.isEmpty, let failure { throw failure }
    return split.isEmpty ? Array(files.prefix(1)) : split
  }

  /// Where the comma does not separate fields, it may separate decimals.
  private func withDecimal(_ settings: CSVSettings, doubtful: Set<String>) throws(CSVError) -> Candidate {
    if settings.decimal != nil || file.separator == .comma || numberColumnCount == survey.count { return self }
    let file = try CSVFile(
      path: file.path, separator: file.separator, decimal: .comma, hasHeader: false, missing: file.missingSpellings)
    let other = try Candidate(file, doubtful: doubtful)
    return other.numberColumnCount > numberColumnCount ? other : self
  }
}
