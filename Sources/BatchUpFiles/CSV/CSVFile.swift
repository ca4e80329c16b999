import BatchUp
import BatchUpSystem

/// A CSV file: rows of fields, all of the same number, of which columns can be read as arrays.
///
/// Fields may be quoted, with doubled quotes, separators and line ends inside; lines end with LF, CRLF or CR, the last one
/// or not; a byte order mark is left out, as are empty lines and spaces around fields without quotes. The text is UTF-8.
///
/// Opening reads the first row alone. Arrays are read by going through the file, in pieces; what is not asked for is
/// checked, but takes no memory.
public struct CSVFile: Sendable {
  /// Where the file is.
  public var path: String { source.path }
  /// What stands between the fields.
  public let separator: CSVSeparator
  /// The names in the header; nil without a header.
  public let columnNames: [String]?
  /// The number of fields in each row.
  public let columnCount: Int
  let source: Source

  /// The open file; closed with the last copy of the value.
  struct Source: Sendable {
    let file: ReadableFile
    let fieldByteLimit: Int

    var path: String { file.path }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(CSVError) -> Int {
      try CSVError.read(file, into: buffer, at: offset)
    }
  }

  /// Opens a file and reads its first row.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - separator: what stands between the fields.
  ///   - hasHeader: whether that row has the names of the columns.
  ///   - fieldByteLimit: how long a field may be; a missing quote makes a field of the rest of the file.
  ///   - columnLimit: how many fields a row may have; a file without line ends is one row.
  public init(
    path: String, separator: CSVSeparator = .comma, hasHeader: Bool = true, fieldByteLimit: Int = 1 << 20,
    columnLimit: Int = 1 << 20
  ) throws(CSVError) {
    source = Source(file: try CSVError.opened(path), fieldByteLimit: fieldByteLimit)
    self.separator = separator
    let first = CSVFirstRow(path: path, columnLimit: columnLimit)
    try CSVScan(source, separator: separator, sink: first).run()
    if first.fields.isEmpty { throw .empty(path: path) }
    columnCount = first.fields.count
    columnNames = hasHeader ? first.fields : nil
  }

  /// Reads columns as numbers: an array of shape (rows, columns), in the order asked for.
  ///
  /// - Parameters:
  ///   - columns: all, where it is nil.
  ///   - of: the type of the elements.
  ///   - missing: what stands for fields that are empty or NA; nil makes them an error.
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

  /// The labels of several columns, in one way through the file.
  package func labels(
    ofColumns columns: [Int], missing: String? = nil
  ) throws(CSVError) -> [(labels: NDArray<Int32>, classNames: [String])] {
    let classes = CSVClasses(of: self, columns: columns, missing: missing)
    try scan(classes)
    return classes.columns.map { $0.labels() }
  }

  /// The columns that have a field which is neither a number nor missing.
  package func textColumns() throws(CSVError) -> [Int] {
    let texts = CSVTextColumns(columnCount: columnCount)
    try scan(texts)
    return texts.isText.indices.filter { texts.isText[$0] }
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
    let matches: [Int] =
      switch column {
      case .numbered(let number): (0..<columnCount).contains(number) ? [number] : []
      case .named(let name): (columnNames ?? []).indices.filter { columnNames?[$0] == name }
      }
    guard let first = matches.first else { throw .noColumn(path: path, column: column, columnCount: columnCount) }
    if matches.count > 1 { throw .ambiguousColumn(path: path, column: column) }
    return first
  }

  /// What errors call the column.
  func column(at index: Int) -> CSVColumn { columnNames.map { .named($0[index]) } ?? .numbered(index) }
}
