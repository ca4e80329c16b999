import ArgumentParser
import BatchUpFiles

/// How CSV files are read, where that is said; the same for every command that reads them.
struct CSVOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Whether the first row of a CSV file has the names of its columns.")
  var header: Bool?

  @Option(
    parsing: .unconditionalSingleValue,
    help: .init(
      "Take this text for a missing number of a CSV file, too; for several texts, repeat it.", valueName: "text")
  )
  var missing: [String] = []

  @Option(
    help: .init("What separates the fields of a CSV file: a comma, a semicolon or tab.", valueName: ",|;|tab"))
  var separator: CSVSeparator?

  @Option(help: .init("What separates the fraction of a number in a CSV file.", valueName: ".|,"))
  var decimal: CSVDecimal?

  static let discussion = """
    Of a CSV file, all rows decide how it is read, and a line on standard error says how: whether the first row is a \
    header (where a column of numbers begins with a text, or no field is a number, among others; never in a file of \
    numbers alone), what separates the fields, and the decimals, what stands for a missing number (an empty field, NA, \
    N/A, NULL, None, nan and what else pandas takes; ? and - in a column that has numbers but no other text), and \
    which columns of texts became label codes. --header, --no-header, --missing, --separator and --decimal override \
    that. The file may be compressed with gzip.
    """

  /// - Parameter isQuiet: whether nothing is said about how a file is read.
  func settings(isQuiet: Bool = false) -> CSVSettings {
    CSVSettings(header: header, missing: Set(missing), separator: separator, decimal: decimal, isQuiet: isQuiet)
  }
}

/// What is said about CSV files; what is nil is decided by their rows.
struct CSVSettings {
  var header: Bool?
  var missing: Set<String> = []
  var separator: CSVSeparator?
  var decimal: CSVDecimal?
  var isQuiet = false
}

extension CSVSeparator: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case ",", "comma": self = .comma
    case ";", "semicolon": self = .semicolon
    case "\t", "\\t", "tab": self = .tab
    default: return nil
    }
  }
}

extension CSVDecimal: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case ".", "point": self = .point
    case ",", "comma": self = .comma
    default: return nil
    }
  }
}
