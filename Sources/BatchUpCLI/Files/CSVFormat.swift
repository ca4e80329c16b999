import BatchUp
import BatchUpFiles

/// Columns of numbers become one array, and each column of texts an array of labels.
struct CSVFormat: FileFormat {
  var name: String { "CSV" }

  /// Text: no control characters but those of lines and tabs.
  func recognizes(_ front: [UInt8]) -> Bool {
    !front.isEmpty && front.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
  }

  func members(ofFile path: String) throws -> [FileMember] {
    let file = try Self.open(path)
    let texts = try file.textColumns()
    let numbers = Set(0..<file.columnCount).subtracting(texts).sorted()
    var members: [FileMember] = []
    if !numbers.isEmpty { members.append(try Self.table(numbers, of: file)) }
    // An empty text is a class, too.
    for (column, found) in zip(texts, try file.labels(ofColumns: texts, missing: "")) {
      members.append(Self.labels(found.labels, found.classNames, name: file.columnNames?[column] ?? "column \(column)"))
    }
    return members
  }

  /// The separator that the first line has most of; a header where no field of the first row is a number.
  private static func open(_ path: String) throws -> CSVFile {
    let line = try FileFront.read(path).prefix { $0 != 0x0A && $0 != 0x0D }
    func count(_ separator: CSVSeparator) -> Int { line.count { $0 == separator.rawValue.asciiValue } }
    let separator = CSVSeparator.allCases.max { count($0) < count($1) } ?? .comma
    let file = try CSVFile(path: path, separator: separator)
    let hasNumber = (file.columnNames ?? []).contains { Double($0) != nil }
    return hasNumber ? try CSVFile(path: path, separator: separator, hasHeader: false) : file
  }

  private static func table(_ columns: [Int], of file: CSVFile) throws(CSVError) -> FileMember {
    let table = try file.array(columns: columns.map { .numbered($0) }, of: Double.self, missing: .nan)
    let names = file.columnNames.map { names in columns.map { names[$0].briefly } } ?? []
    return FileMember(
      name: "numbers", elementType: "Double", shape: table.shape, storage: .text, byteCount: table.count * 8,
      notes: names.isEmpty ? [] : ["columns \(names.joined(separator: ", "))"], checks: ["rows"], read: { table })
  }

  private static func labels(_ labels: NDArray<Int32>, _ classNames: [String], name: String) -> FileMember {
    let shown = classNames.prefix(10).map(\.briefly).joined(separator: ", ")
    let more = classNames.count > 10 ? " and \(classNames.count - 10) more" : ""
    return FileMember(
      name: name, elementType: "Int32", shape: labels.shape, storage: .text, byteCount: labels.count * 4,
      notes: ["classes \(shown)\(more)"], checks: ["rows"], read: { labels })
  }
}
