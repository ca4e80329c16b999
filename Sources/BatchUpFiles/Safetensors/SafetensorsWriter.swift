import BatchUp
import BatchUpSystem

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes named arrays of any shapes and element types, and texts about them, into a safetensors file.
///
/// The same arrays and texts make the same bytes. The data of each array begin at a multiple of its element's size.
public struct SafetensorsWriter: Sendable {
  /// Texts for whoever reads the file.
  public var metadata: [String: String]
  private var entries: [Entry] = []

  private struct Entry: Sendable {
    let name: String
    let elementType: SafetensorsElementType
    let shape: [Int]
    let elementSize: Int
    let byteCount: Int
    let write: @Sendable (inout AtomicFile<SafetensorsError>) throws(SafetensorsError) -> Void
  }

  /// A writer of a file with these texts and without arrays, to be added.
  public init(metadata: [String: String] = [:]) {
    self.metadata = metadata
  }

  /// Adds an array, without a copy. Names are checked when the file is written.
  public mutating func add<Scalar: SafetensorsScalar>(_ array: NDArray<Scalar>, named name: String) {
    let size = MemoryLayout<Scalar>.size
    let write = { @Sendable (file: inout AtomicFile<SafetensorsError>) throws(SafetensorsError) in
      try file.write(elementsOf: array)
    }
    entries.append(
      Entry(
        name: name, elementType: Scalar.safetensorsElementType, shape: array.shape, elementSize: size,
        byteCount: array.count * size, write: write))
  }

  /// Writes the file, over one of the same name; it appears whole or not at all.
  public func write(to path: String) throws(SafetensorsError) {
    let inOrder = try orderedEntries(path: path)
    let header = try header(of: inOrder, path: path)
    var file = try AtomicFile<SafetensorsError>(path: path)
    try file.write(elementsOf: NDArray(header))
    for entry in inOrder { try entry.write(&file) }
    try file.commit()
  }

  /// Makes sure that a file can be made at `path`, before work begins whose results are to be written there.
  package static func requireWritable(path: String) throws(SafetensorsError) {
    _ = try AtomicFile<SafetensorsError>(path: path)
  }

  /// The largest elements first, so that all are aligned; then by name.
  private func orderedEntries(path: String) throws(SafetensorsError) -> [Entry] {
    var names: Set<String> = []
    for entry in entries {
      guard entry.name != SafetensorsHeader.metadataName else {
        throw .reservedName(path: path, tensor: entry.name)
      }
      guard names.insert(entry.name).inserted else { throw .duplicateTensor(path: path, tensor: entry.name) }
    }
    return entries.sorted { $0.elementSize == $1.elementSize ? $0.name < $1.name : $0.elementSize > $1.elementSize }
  }

  /// The header with its length before it, filled up with spaces to a multiple of eight bytes.
  private func header(of entries: [Entry], path: String) throws(SafetensorsError) -> [UInt8] {
    var json = SafetensorsHeaderJSON()
    if !metadata.isEmpty { json.metadata = metadata }
    var offset = 0
    for entry in entries {
      json.tensors[entry.name] = .init(
        elementType: entry.elementType, shape: entry.shape, dataOffsets: offset..<offset + entry.byteCount)
      offset += entry.byteCount
    }
    var text = try Self.encoded(json, path: path)
    text += [UInt8](repeating: UInt8(ascii: " "), count: -text.count & 7)
    guard text.count <= SafetensorsHeader.byteLimit else {
      throw .headerTooLarge(path: path, limit: SafetensorsHeader.byteLimit, found: UInt64(text.count))
    }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text
  }

  private static func encoded(_ json: SafetensorsHeaderJSON, path: String) throws(SafetensorsError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(json))
    } catch {
      throw .cannotWrite(path: path, reason: "its header cannot be made: \(error)")
    }
  }
}

extension AtomicFile {
  fileprivate mutating func write<Scalar>(elementsOf array: NDArray<Scalar>) throws(Failure) {
    try array.withUnsafeBufferPointer { elements throws(Failure) in try write(UnsafeRawBufferPointer(elements)) }
  }
}
