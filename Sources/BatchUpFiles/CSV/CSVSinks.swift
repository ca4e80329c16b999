import BatchUp

/// Takes the texts of the first row.
final class CSVFirstRow: CSVSink {
  private(set) var fields: [String] = []
  private let path: String
  private let columnLimit: Int

  init(path: String, columnLimit: Int) {
    self.path = path
    self.columnLimit = columnLimit
  }

  func take(_ field: UnsafeRawBufferPointer, column: Int, line: Int) throws(CSVError) {
    guard column < columnLimit else { throw .tooManyColumns(path: path, limit: columnLimit) }
    guard let text = String(validating: field, as: UTF8.self) else {
      throw .notUTF8(path: path, line: line, column: .numbered(column))
    }
    fields.append(text)
  }

  func endRow(fieldCount: Int, line: Int) -> Bool { false }
}

/// Leaves the header out, and passes on rows that all have the same number of fields.
final class CSVRows: CSVSink {
  private let file: CSVFile
  private let sink: any CSVSink
  private var isInHeader: Bool

  init(of file: CSVFile, into sink: any CSVSink) {
    self.file = file
    self.sink = sink
    isInHeader = file.columnNames != nil
  }

  func take(_ field: UnsafeRawBufferPointer, column: Int, line: Int) throws(CSVError) {
    // Those too many are counted at the row's end.
    if !isInHeader, column < file.columnCount { try sink.take(field, column: column, line: line) }
  }

  func endRow(fieldCount: Int, line: Int) throws(CSVError) -> Bool {
    guard fieldCount == file.columnCount else {
      throw .wrongFieldCount(path: file.path, line: line, expected: file.columnCount, found: fieldCount)
    }
    if !isInHeader { return try sink.endRow(fieldCount: fieldCount, line: line) }
    isInHeader = false
    return true
  }
}

/// Takes some columns as numbers, whose type is known to `store` alone: a generic class would not be compiled for it.
final class CSVNumbers: CSVSink {
  private(set) var rowCount = 0
  private let file: CSVFile
  private let elementType: NPYElementType
  private let store: (UnsafeRawBufferPointer, UnsafeMutableRawPointer) -> Bool
  private let spellings: CSVSpellings
  private let missing: [UInt8]?
  /// Where in a row of the result each column of the file goes, in bytes.
  private var offsets: [[Int]]
  private var row: [UInt8]
  private var rows: [UInt8] = []

  init<Scalar: CSVScalar>(
    of file: CSVFile, columns: [Int], missing: Scalar?,
    store: @escaping (UnsafeRawBufferPointer, UnsafeMutableRawPointer) -> Bool = Scalar.storeNumber
  ) {
    let size = MemoryLayout<Scalar>.size
    self.file = file
    elementType = Scalar.npyElementType
    self.store = store
    spellings = CSVSpellings(file.missingSpellings)
    self.missing = missing.map { number in withUnsafeBytes(of: number) { Array($0) } }
    offsets = Array(repeating: [], count: file.columnCount)
    row = Array(repeating: 0, count: columns.count * size)
    for (place, column) in columns.enumerated() { offsets[column].append(place * size) }
  }

  func take(_ field: UnsafeRawBufferPointer, column: Int, line: Int) throws(CSVError) {
    if offsets[column].isEmpty { return }
    let isMissing = spellings.contains(field)
    for offset in offsets[column] {
      if isMissing, let missing {
        row.replaceSubrange(offset..<offset + missing.count, with: missing)
      } else if isMissing, !field.isNaN {
        throw .missingValue(path: file.path, line: line, column: file.column(at: column))
      } else if !store(field, at: offset) {
        throw .invalidNumber(
          path: file.path, line: line, column: file.column(at: column), expected: elementType,
          found: String(decoding: field.prefix(200), as: UTF8.self))
      }
    }
  }

  private func store(_ field: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    row.withUnsafeMutableBytes { bytes in
      guard let address = bytes.baseAddress else { return false }
      return file.decimal.withPoint(field) { store($0, address + offset) } ?? false
    }
  }

  func endRow(fieldCount: Int, line: Int) -> Bool {
    rows += row
    rowCount += 1
    return true
  }

  /// All rows.
  ///
  /// - Precondition: `Scalar` is the type that this was made for, and a row has as many elements as columns were asked for.
  func array<Scalar: CSVScalar>(of: Scalar.Type = Scalar.self, rowShape: [Int]) -> NDArray<Scalar> {
    NDArray(unsafeUninitializedShape: [rowCount] + rowShape) { UnsafeMutableRawBufferPointer($0).copyBytes(from: rows) }
  }
}

/// Takes some columns as the names of classes.
final class CSVClasses: CSVSink {
  /// In the order asked for.
  private(set) var columns: [Column]
  private let file: CSVFile
  private let missing: String?
  /// The place in `columns` of each column of the file.
  private var places: [Int?]

  /// Rows of one column, and its classes by their names, which are numbered in the order of their appearance.
  struct Column {
    fileprivate var classes: [String: Int32] = [:]
    fileprivate var rows: [Int32] = []
  }

  /// - Precondition: the columns are distinct ones of the file.
  init(of file: CSVFile, columns: [Int], missing: String?) {
    self.file = file
    self.missing = missing
    self.columns = columns.map { _ in Column() }
    places = Array(repeating: nil, count: file.columnCount)
    for (place, column) in columns.enumerated() { places[column] = place }
  }

  func take(_ field: UnsafeRawBufferPointer, column: Int, line: Int) throws(CSVError) {
    if let place = places[column] { columns[place].append(try name(field, column: column, line: line)) }
  }

  func endRow(fieldCount: Int, line: Int) -> Bool { true }

  private func name(_ field: UnsafeRawBufferPointer, column: Int, line: Int) throws(CSVError) -> String {
    if field.isEmpty {
      guard let missing else { throw .missingValue(path: file.path, line: line, column: file.column(at: column)) }
      return missing
    }
    guard let name = String(validating: field, as: UTF8.self) else {
      throw .notUTF8(path: file.path, line: line, column: file.column(at: column))
    }
    return name
  }
}

extension CSVClasses.Column {
  mutating func append(_ name: String) {
    let number = classes[name] ?? Int32(classes.count)
    classes[name] = number
    rows.append(number)
  }

  func labels() -> (labels: NDArray<Int32>, classNames: [String]) {
    let names = classes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var places = [Int32](repeating: 0, count: names.count)
    for (place, name) in names.enumerated() { if let number = classes[name] { places[Int(number)] = Int32(place) } }
    return (NDArray(rows.map { places[Int($0)] }), names)
  }
}
