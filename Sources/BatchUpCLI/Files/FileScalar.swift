import BatchUp
import BatchUpFiles

/// A type of elements that the commands read and write, whatever the format.
protocol FileScalar: NPYScalar {
  var number: FileNumber { get }

  /// The nearest element to a number; nil where it is beyond the type's range or, for integers, not whole.
  init?(_ number: FileNumber)

  /// Reads columns of a CSV file, each number as its text says, without a detour over another type: an array of shape
  /// (rows, columns). A missing number is NaN or, in types without it, an error.
  static func numbers(of file: CSVFile, columns: [Int]) throws -> NDArray<Self>
}

/// An element of any type, exactly.
enum FileNumber {
  case integer(Int64)
  case unsigned(UInt64)
  case real(Double)

  var isFinite: Bool { if case .real(let number) = self { number.isFinite } else { true } }
}

extension FileScalar where Self: FixedWidthInteger {
  var number: FileNumber { Int64(exactly: self).map(FileNumber.integer) ?? .unsigned(UInt64(truncatingIfNeeded: self)) }

  init?(_ number: FileNumber) {
    switch number {
    case .integer(let number): self.init(exactly: number)
    case .unsigned(let number): self.init(exactly: number)
    case .real(let number): self.init(exactly: number)
    }
  }
}

extension FileScalar where Self: BinaryFloatingPoint {
  var number: FileNumber { .real(Double(self)) }

  init?(_ number: FileNumber) {
    switch number {
    case .integer(let number): self.init(number)
    case .unsigned(let number): self.init(number)
    case .real(let number): self.init(number)
    }
    if number.isFinite && !isFinite { return nil }
  }
}

extension FileScalar where Self: CSVScalar & FixedWidthInteger {
  static func numbers(of file: CSVFile, columns: [Int]) throws -> NDArray<Self> {
    try file.wholeNumbers(columns: columns)
  }
}

extension FileScalar where Self: CSVScalar & BinaryFloatingPoint {
  static func numbers(of file: CSVFile, columns: [Int]) throws -> NDArray<Self> {
    try file.array(columns: columns.map { .numbered($0) }, missing: .nan)
  }
}

extension Bool: FileScalar {
  var number: FileNumber { .integer(self ? 1 : 0) }

  init?(_ number: FileNumber) {
    guard let byte = UInt8(number), byte <= 1 else { return nil }
    self = byte == 1
  }

  /// Zeros and ones.
  static func numbers(of file: CSVFile, columns: [Int]) throws -> NDArray<Bool> {
    let bytes = try UInt8.numbers(of: file, columns: columns).scalars
    if let position = bytes.firstIndex(where: { $0 > 1 }) {
      throw ToolError("\(file.path): the number \(bytes[position]) at position \(position) is no Bool")
    }
    return NDArray(bytes.map { $0 == 1 }, shape: [bytes.count / max(columns.count, 1), columns.count])
  }
}

extension Int8: FileScalar {}
extension Int16: FileScalar {}
extension Int32: FileScalar {}
extension Int64: FileScalar {}
extension UInt8: FileScalar {}
extension UInt16: FileScalar {}
extension UInt32: FileScalar {}
extension UInt64: FileScalar {}
extension Float: FileScalar {}
extension Double: FileScalar {}

#if !(os(macOS) && arch(x86_64))
  extension Float16: FileScalar {}
#endif

extension NPYElementType {
  /// The Swift type of the elements; nil where the platform has none.
  var fileScalar: (any FileScalar.Type)? { scalarType as? any FileScalar.Type }

  /// The element type of that name, as in `--type`: `float32`, `uint8`.
  init?(optionName: String) {
    guard let type = Self.allCases.first(where: { $0.optionName == optionName }) else { return nil }
    self = type
  }

  /// NumPy's name, such as `float32`.
  var optionName: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    default: "\(self)".lowercased()
    }
  }
}

extension SafetensorsElementType {
  /// The Swift type of the elements; nil where there is none.
  var fileScalar: (any FileScalar.Type)? {
    NPYElementType.allCases.lazy.compactMap(\.fileScalar).first { $0.safetensorsElementType == self }
  }
}
