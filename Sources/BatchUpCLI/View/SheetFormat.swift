import BatchUpSystem
import CBatchUpImages

/// A format that a sheet is written in, by the end of the file's name.
enum SheetFormat: String, CaseIterable {
  case png
  case jpg
  case jpeg

  private static let jpegQuality: Int32 = 92

  init?(path: String) {
    guard let format = Self.allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) }) else {
      return nil
    }
    self = format
  }

  static var endings: String { allCases.map { "." + $0.rawValue }.joined(separator: ", ") }

  /// Encodes red, green and blue of 8 bits; the memory is from `malloc`, and nil where encoding fails.
  func encode(_ sheet: ContactSheet) -> cbi_encoded {
    let (width, height) = (UInt32(sheet.width), UInt32(sheet.height))
    return switch self {
    case .png: cbi_encode_png(sheet.bytes, width, height, 8, 2, false, nil, 0)
    case .jpg, .jpeg: cbi_encode_jpeg(sheet.bytes, width, height, 3, Self.jpegQuality, false, false)
    }
  }
}
