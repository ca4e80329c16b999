import BatchUp

/// The lines of a text, without the space around them.
struct TextLines {
  private let text: String
  private let path: String
  private let lines: [Substring]

  /// - Parameter text: what the text is called, in errors.
  init(_ bytes: NDArray<UInt8>, of text: String, path: String) throws(DatasetContentsError) {
    guard let content = String(validating: bytes.scalars, as: UTF8.self) else {
      let ends = bytes.scalars.prefix { $0 < 0x80 }.count { $0 == 0x0A }
      throw .invalidLine(path: path, text: text, line: ends + 1)
    }
    self.text = text
    self.path = path
    let lines = content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    self.lines = lines.last?.isEmpty ?? false ? lines.dropLast() : lines
  }

  /// One name a line; empty lines are none.
  func names() throws(DatasetContentsError) -> [String] {
    let names = lines.map { String($0.trimmed(\.isWhitespace)) }
    if let number = names.firstIndex(where: { $0.utf8.contains(0) }) {
      throw .invalidLine(path: path, text: text, line: number + 1)
    }
    return names.filter { !$0.isEmpty }
  }

  /// Numbers with spaces between them in each line.
  func numbers() throws(DatasetContentsError) -> [[Int32]] {
    try lines.enumerated().map { number, line throws(DatasetContentsError) in
      let words = line.split(whereSeparator: \.isWhitespace)
      let numbers = words.compactMap { Int32($0) }
      guard numbers.count == words.count else { throw .invalidLine(path: path, text: text, line: number + 1) }
      return numbers
    }
  }
}

extension BidirectionalCollection {
  /// All elements but those at the two ends that are space.
  func trimmed(_ isSpace: (Element) -> Bool) -> SubSequence {
    let rest = drop(while: isSpace)
    return rest.lastIndex { !isSpace($0) }.map { rest[...$0] } ?? rest
  }
}
