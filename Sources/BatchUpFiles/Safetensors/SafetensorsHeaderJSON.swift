import BatchUp

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The members of a header as they are in the file: only their kinds are checked, and that none is there twice.
struct SafetensorsHeaderJSON {
  var tensors: [String: Tensor] = [:]
  var metadata: [String: String]?

  struct Tensor {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]
    /// How many members the object has, unknown ones included.
    fileprivate let memberCount: Int
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension SafetensorsHeaderJSON {
  init(parsing bytes: [UInt8], path: String) throws(SafetensorsError) {
    do throws(FileDefect) {
      try self.init(parsing: bytes)
    } catch {
      throw .invalidHeader(path: path, defect: error)
    }
  }

  private init(parsing bytes: [UInt8]) throws(FileDefect) {
    guard bytes.first == UInt8(ascii: "{") else {
      throw "begins with \(bytes.first.map { "byte \($0)" } ?? "nothing"), not with {"
    }
    // The decoder would take text with zero bytes for UTF-16.
    guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else { throw "is not text in UTF-8" }
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch {
      throw Self.defect(error)
    }
    let outline = JSONOutline(of: bytes)
    if outline.isLenient { throw Self.notJSON }
    let inner = tensors.values.reduce(metadata?.count ?? 0) { $0 + $1.memberCount }
    let outer = tensors.count + (metadata == nil ? 0 : 1)
    guard outline.outerMemberCount == outer, outline.innerMemberCount == inner else { throw "has the same name twice" }
  }

  private static let notJSON: FileDefect = "is not valid JSON, or has numbers that are not whole or too large"

  private static func defect(_ error: any Error) -> FileDefect {
    var path: [any CodingKey] = []
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): path = context.codingPath + [key]
    case .typeMismatch(_, let context), .valueNotFound(_, let context): path = context.codingPath
    case .dataCorrupted(let context) where !context.codingPath.isEmpty: path = context.codingPath
    default: return notJSON
    }
    let location = path.map(\.stringValue).joined(separator: ".")
    return location.isEmpty ? "is not as the format says" : "is not as the format says at \(location.briefly)"
  }
}

extension SafetensorsHeaderJSON: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      if key.stringValue == SafetensorsHeader.metadataName {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        tensors[key.stringValue] = try container.decode(Tensor.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(metadata, forKey: Key(stringValue: SafetensorsHeader.metadataName))
    for (name, tensor) in tensors { try container.encode(tensor, forKey: Key(stringValue: name)) }
  }
}

extension SafetensorsHeaderJSON.Tensor: Codable {
  private enum CodingKeys: String, CodingKey {
    case dtype, shape
    case dataOffsets = "data_offsets"
  }

  init(elementType: SafetensorsElementType, shape: [Int], dataOffsets: Range<Int>) {
    dtype = elementType.rawValue
    self.shape = shape
    self.dataOffsets = [dataOffsets.lowerBound, dataOffsets.upperBound]
    memberCount = 3
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    dtype = try container.decode(String.self, forKey: .dtype)
    shape = try container.decode([Int].self, forKey: .shape)
    dataOffsets = try container.decode([Int].self, forKey: .dataOffsets)
    memberCount = try decoder.container(keyedBy: SafetensorsHeaderJSON.Key.self).allKeys.count
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dtype, forKey: .dtype)
    try container.encode(shape, forKey: .shape)
    try container.encode(dataOffsets, forKey: .dataOffsets)
  }
}
