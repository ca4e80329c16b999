extension ConfigurationFile {
  /// Reads line by line, with the rules of Python's parser in their order.
  struct Parser {
    private(set) var sections: [String: [String: [String]]] = [:]
    /// Of a line that is neither of the two; the others are read nevertheless, since another error may be thrown.
    private(set) var firstError: SyntaxError?
    private var section: String?
    private var option: String?
    private var indentation = 0
    private var lineNumber = 0

    mutating func read(_ line: Substring.UnicodeScalarView) throws(SyntaxError) {
      lineNumber += 1
      let value = line.trimmed(isSpace)
      if value.first == "#" || value.first == ";" { return }
      guard !value.isEmpty else {
        append("")
        return
      }
      let indentation = line.prefix { isSpace($0) }.count
      if indentation > self.indentation, option != nil {
        append(String(value))
        return
      }
      self.indentation = indentation
      if let name = sectionName(value) { try begin(name) } else { try define(value) }
    }

    /// Goes on with the value that the lines before have begun, if any.
    private mutating func append(_ line: String) {
      guard let section, let option, !option.isEmpty else { return }
      sections[section]?[option]?.append(line)
    }

    private mutating func begin(_ name: String) throws(SyntaxError) {
      if sections[name] != nil, name != "DEFAULT" { throw error("section [\(name)] is there twice") }
      if sections[name] == nil { sections[name] = [:] }
      section = name
      option = nil
    }

    private mutating func define(_ line: Substring.UnicodeScalarView) throws(SyntaxError) {
      guard let section else { throw error("there is no [section] before") }
      let delimiter = line.firstIndex { $0 == "=" || $0 == ":" }
      guard let delimiter, delimiter > line.startIndex else {
        firstError = firstError ?? error("it is neither a [section] nor an option with = or : and a value")
        return
      }
      let name = String(line[..<delimiter].trimmed(isSpace)).lowercased()
      if sections[section]?[name] != nil { throw error("option \(name) is there twice") }
      sections[section]?[name] = [String(line[line.index(after: delimiter)...].trimmed(isSpace))]
      option = name
    }

    private func error(_ reason: String) -> SyntaxError {
      SyntaxError(reason: "line \(lineNumber): \(oneLine(reason))")
    }
  }
}

/// What is between the first bracket and the last one; nil where the line does not begin with one.
private func sectionName(_ line: Substring.UnicodeScalarView) -> String? {
  guard line.first == "[", let end = line.lastIndex(of: "]") else { return nil }
  let name = line[line.index(after: line.startIndex)..<end]
  return name.isEmpty ? nil : String(name)
}
