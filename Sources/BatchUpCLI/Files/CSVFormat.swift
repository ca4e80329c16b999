import BatchUp
import BatchUpFiles

/// Columns of numbers become one array, and each column of texts an array of labels.
struct CSVFormat: FileFormat {
  let settings: CSVSettings

  var name: String { "CSV" }
  var readsGzip: Bool { true }

  /// The name of the array of numbers.
  private static let numbersName = "numbers"

  /// Text: no zero byte, and few control characters but those of lines and tabs.
  func recognizes(_ front: [UInt8]) -> Bool {
    let controlCount = front.count { ($0 < 0x20 || $0 == 0x7F) && ![0x09, 0x0A, 0x0D].contains($0) }
    return !front.isEmpty && !front.contains(0) && controlCount * 8 <= front.count
  }

  /// Says on standard error how the file is read.
  func members(ofFile path: String) throws -> [FileMember] {
    let layout = try CSVLayout(path: path, settings)
    if !settings.isQuiet { BatchUpCommand.note(layout.notice) }
    var members: [FileMember] = []
    if !layout.numbers.isEmpty {
      var table = Self.numbers(layout.numbers, of: layout, name: Self.numbersName)
      if let names = layout.file.columnNames {
        table.notes = ["columns \(layout.numbers.map { names[$0].briefly }.joined(separator: ", "))"]
      }
      members.append(table)
    }
    // An empty text is a class, too.
    for (column, found) in zip(layout.texts, try layout.file.labels(ofColumns: layout.texts, missing: "")) {
      members.append(Self.labels(found.labels, found.classNames, name: name(ofTexts: column, in: layout)))
    }
    return members
      + layout.numbers.map { Self.numbers([$0], of: layout, name: layout.name(ofColumn: $0), isColumn: true) }
  }

  /// The name of the numbers is taken where there are some.
  private func name(ofTexts column: Int, in layout: CSVLayout) -> String {
    let name = layout.name(ofColumn: column)
    guard name == Self.numbersName, !layout.numbers.isEmpty else { return name }
    let taken = Set(layout.file.columnNames ?? [])
    return (1...).lazy.map { "\(name).\($0)" }.first { !taken.contains($0) } ?? name
  }

  /// - Parameter isColumn: whether the array is a list of the numbers of one column.
  private static func numbers(
    _ columns: [Int], of layout: CSVLayout, name: String, isColumn: Bool = false
  ) -> FileMember {
    func read<Scalar: FileScalar>(_: Scalar.Type) throws -> any FileArray {
      do {
        let numbers = try Scalar.numbers(of: layout.file, columns: columns)
        return isColumn ? numbers.reshaped([numbers.sampleCount]) : numbers
      } catch CSVError.missingValue(let path, let line, let column) {
        throw ToolError(
          "\(path): line \(line), \(column): the value is missing, which is no \(Scalar.npyElementType); convert to "
            + "float32 or float64, where it is NaN")
      }
    }
    let type: any FileScalar.Type = layout.needsInt64 ? Int64.self : Double.self
    let shape = isColumn ? [layout.rowCount] : [layout.rowCount, columns.count]
    return FileMember(
      name: name, elementType: "\(type)", shape: shape, storage: .text,
      byteCount: layout.rowCount * columns.count * 8, checks: ["rows"], read: { try read(type) },
      readAs: { type in try read(type) }, isPart: isColumn)
  }

  private static func labels(_ labels: NDArray<Int32>, _ classNames: [String], name: String) -> FileMember {
    let shown = classNames.prefix(10).map(\.briefly).joined(separator: ", ")
    let more = classNames.count > 10 ? " and \(classNames.count - 10) more" : ""
    return FileMember(
      name: name, elementType: "Int32", shape: labels.shape, storage: .text, byteCount: labels.count * 4,
      notes: ["classes \(shown)\(more)"], checks: ["rows"], read: { labels })
  }
}
