import BatchUp
import BatchUpSystem

/// A CSV file: rows of fields, all of the same number, of which columns can be read as arrays.
///
/// Fields may be quoted, with doubled quotes, separators and line ends inside; lines end with LF, CRLF or CR, the last one
/// or not; a byte order mark is left out, as are empty lines and spaces around fields without quotes. The text is UTF-8.
/// The file may be compressed with gzip, whatever its name is.
///
/// Opening reads the first row alone. Arrays are read by going through the file, in pieces; what is not asked for is
/// checked, but takes no memory.
public struct CSVFile: Sendable {
  /// Where the file is.
  public var path: String { source.path }
  /// What stands between the fields.
  public let separator: CSVSeparator
  /// What separates the whole part of a number from its fraction.
  public let decimal: CSVDecimal
  /// The texts that stand for a missing number.
  public let missingSpellings: Set<String>
  /// The names in the header; nil without a header. As in pandas, they are distinct: the second `a` is `a.1`, and a
  /// column without a name is `Unnamed: 0`, by its number.
  public let columnNames: [String]?
  /// The number of fields in each row.
  public let columnCount: Int
  let source: CSVSource

  /// The texts that pandas takes for a missing value. An empty field is one of them.
  public static let standardMissingSpellings: Set<String> = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
  ]

  /// Opens a file and reads its first row.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - separator: what stands between the fields.
  ///   - decimal: what separates the whole part of a number from its fraction.
  ///   - hasHeader: whether that row has the names of the columns.
  ///   - missing: the texts that stand for a missing number, such as
  ///     `CSVFile.standardMissingSpellings.union(["?"])`. In a column of texts, only empty fields are missing.
  ///   - fieldByteLimit: how long a field may be; a missing quote makes a field of the rest of the file.
  ///   - columnLimit: how many fields a row may have; a file without line ends is one row.
  public init(
    path: String, separator: CSVSeparator = .comma, decimal: CSVDecimal = .point, hasHeader: Bool = true,
    missing: Set<String> = standardMissingSpellings, fieldByteLimit: Int = 1 << 20, columnLimit: Int = 1 << 20
  ) throws(CSVError) {
    source = try CSVSource(path: path, fieldByteLimit: fieldByteLimit)
    self.separator = separator
    self.decimal = decimal
    missingSpellings = missing
    let first = CSVFirstRow(path: path, columnLimit: columnLimit)
    try CSVScan(source, separator: separator, sink: first).run()
    if first.fields.isEmpty { throw .empty(path: path) }
    columnCount = first.fields.count
    columnNames = hasHeader ? distinctNames(first.fields) : nil
  }

  /// Reads columns as numbers: an array of shape (rows, columns), in the order asked for.
  ///
  /// - Parameters:
  ///   - columns: all, where it is nil.
  ///   - of: the type of the elements.
  ///   - missing: the element in place of a missing number; nil makes such a field an error, but for NaN where the
  ///     type has it.
  /// - Complexity: O(bytes of the file); memory up to three times that of the result.
  public func array<Scalar: CSVScalar>(
    columns: [CSVColumn]? = nil, of: Scalar.Type = Scalar.self, missing: Scalar? = nil
  ) throws(CSVError) -> NDArray<Scalar> {
    let indices =
      try columns.map { columns throws(CSVError) in
        try columns.map { column throws(CSVError) in try index(of: column) }
      } ?? Array(0..<columnCount)
    let numbers = CSVNumbers(of: self, columns: indices, missing: missing)
    try scan(numbers)
    return numbers.array(rowShape: [indices.count])
  }

  /// Reads one column as numbers: an array of shape (rows).
  public func array<Scalar: CSVScalar>(
    column: CSVColumn, of: Scalar.Type = Scalar.self, missing: Scalar? = nil
  ) throws(CSVError) -> NDArray<Scalar> {
    let numbers = CSVNumbers(of: self, columns: [try index(of: column)], missing: missing)
    try scan(numbers)
    return numbers.array(rowShape: [])
  }

  /// Reads a column of texts as labels: places in the class names, which are in the order of their UTF-8 bytes.
  ///
  /// - Parameters:
  ///   - column: which one.
  ///   - missing: the class of empty fields; nil makes them an error.
  /// - Complexity: O(bytes of the file + classes · log(classes)).
  public func labels(
    column: CSVColumn, missing: String? = nil
  ) throws(CSVError) -> (labels: NDArray<Int32>, classNames: [String]) {
    try labels(ofColumns: [index(of: column)], missing: missing)[0]
  }

  /// Reads a column as texts, one for each row; an empty field is an empty text.
  ///
  /// - Complexity: as of `labels(column:)`; rows with the same text share it.
  public func strings(column: CSVColumn) throws(CSVError) -> [String] {
    let (labels, texts) = try labels(column: column, missing: "")
    return labels.scalars.map { texts[Int($0)] }
  }

  /// The labels of several columns, in one way through the file.
  package func labels(
    ofColumns columns: [Int], missing: String? = nil
  ) throws(CSVError) -> [(labels: NDArray<Int32>, classNames: [String])] {
    let classes = CSVClasses(of: self, columns: columns, missing: missing)
    try scan(classes)
    return classes.columns.map { $0.labels() }
  }

  /// Columns of whole numbers, also where they are written with a fraction of zero or an exponent, as long as that is
  /// exact.
  package func wholeNumbers<Scalar: CSVScalar & FixedWidthInteger>(
    columns: [Int], of: Scalar.Type = Scalar.self
  ) throws(CSVError) -> NDArray<Scalar> {
    let numbers = CSVNumbers(of: self, columns: columns, missing: Scalar?.none, store: Scalar.storeWholeNumber)
    try scan(numbers)
    return numbers.array(rowShape: [columns.count])
  }

  /// Looks at every field.
  ///
  /// - Parameter doubtful: texts that may stand for a missing number.
  package func survey(doubtful: Set<String> = []) throws(CSVError) -> [CSVColumnSurvey] {
    let survey = CSVSurvey(of: self, doubtful: doubtful)
    try scan(survey)
    return survey.columns
  }

  /// The number of rows, without the header; every field of the file is looked at.
  public func rowCount() throws(CSVError) -> Int {
    let numbers = CSVNumbers(of: self, columns: [], missing: Double?.none)
    try scan(numbers)
    return numbers.rowCount
  }

  private func scan(_ sink: some CSVSink) throws(CSVError) {
    try CSVScan(source, separator: separator, sink: CSVRows(of: self, into: sink)).run()
  }

  private func index(of column: CSVColumn) throws(CSVError) -> Int {
    let match =
      switch column {
      case .numbered(let number): (0..<columnCount).contains(number) ? number : nil
      case .named(let name): columnNames?.firstIndex(of: name)
      }
    guard let match else { throw .noColumn(path: path, column: column, columnCount: columnCount) }
    return match
  }

  /// What errors call the column.
  func column(at index: Int) -> CSVColumn { columnNames.map { .named($0[index]) } ?? .numbered(index) }
}

/// The names as pandas makes them distinct (`a`, `a.1`), and those that are empty by their numbers.
private func distinctNames(_ names: [String]) -> [String] {
  var names = names.enumerated().map { $1.isEmpty ? "Unnamed: \($0)" : $1 }
  var taken = Set(names)
  var counts: [String: Int] = [:]
  for (column, name) in names.enumerated() {
    var count = counts[name, default: 0]
    if count > 0 {
      while taken.contains("\(name).\(count)") { count += 1 }
      names[column] = "\(name).\(count)"
      taken.insert(names[column])
    }
    counts[name] = count + 1
  }
  return names
}
