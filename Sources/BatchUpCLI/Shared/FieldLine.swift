import BatchUp
import BatchUpSystem

/// A line of fields; where it is wider than the terminal, several lines, broken between fields.
struct FieldLine {
  /// The first one stands for what the others are about.
  let fields: [String]

  var text: String { fields.joined(separator: "  ") }

  /// - Parameter width: that of the terminal; nil for one line.
  func lines(width: Int?) -> [String] {
    guard let width, text.columnBound > width else { return [text] }
    var lines: [String] = []
    for field in fields {
      // There is nothing to align with.
      let text = field.split(separator: " ").joined(separator: " ")
      if text.isEmpty { continue }
      if let last = lines.last, last.columnBound + 2 + text.columnBound <= width {
        lines[lines.count - 1] = last + "  " + text
      } else {
        lines.append(lines.isEmpty ? text : "  " + text)
      }
    }
    return lines
  }
}

extension StandardStream {
  func write(lines: [String]) throws(WritingError) {
    for line in lines { try write(line: line) }
  }
}
