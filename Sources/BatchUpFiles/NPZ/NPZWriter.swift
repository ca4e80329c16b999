import BatchUp
import BatchUpSystem
import CZlib

/// Writes named arrays of any shapes and element types into an .npz file, which `numpy.load` reads.
///
/// The same arrays make the same bytes (deflated ones, with the same zlib). The data of a stored array begin at a multiple
/// of 64 bytes, so that they can be used where they are, mapped.
public struct NPZWriter: Sendable {
  private let compression: Compression
  private var entries: [Entry] = []

  /// How the members of a file are stored.
  public enum Compression: Hashable, Sendable {
    /// As they are: they can be mapped.
    case none
    /// By zlib, with a level from 1, fast, to 9, small.
    case deflate(level: Int = 6)
  }

  struct Entry: Sendable {
    let name: String
    /// The .npy header.
    let header: [UInt8]
    let byteCount: Int
    /// Calls its argument with the elements.
    let withElements: @Sendable ((UnsafeRawBufferPointer) throws(NPZError) -> Void) throws(NPZError) -> Void
  }

  /// A writer of a file without arrays, to be added.
  ///
  /// - Precondition: a level is from 1 to 9.
  public init(compression: Compression = .none) {
    if case .deflate(let level) = compression {
      precondition((1...9).contains(level), "level \(level) is not in 1...9")
    }
    self.compression = compression
  }

  /// Adds an array, without a copy; .npy is not part of its name. Names are checked when the file is written.
  public mutating func add<Scalar: NPYScalar>(_ array: NDArray<Scalar>, named name: String) {
    let header = NPYHeader.bytes(elementType: Scalar.npyElementType, shape: array.shape)
    entries.append(
      Entry(name: name, header: header, byteCount: header.count + array.count * MemoryLayout<Scalar>.size) {
        @Sendable body throws(NPZError) in
        try array.withUnsafeBufferPointer { elements throws(NPZError) in try body(UnsafeRawBufferPointer(elements)) }
      })
  }

  /// Writes the file, over one of the same name; it appears whole or not at all.
  public func write(to path: String) throws(NPZError) {
    try write(to: path, zip64From: Int(Zip64.mark32))
  }

  /// Numbers from `limit` on go into zip64 fields; tests make it small.
  func write(to path: String, zip64From limit: Int) throws(NPZError) {
    try requireNames(path: path)
    var file = try AtomicFile<NPZError>(path: path)
    var records: [ZipRecord] = []
    for entry in entries { records.append(try write(entry, to: &file, zip64From: limit)) }
    let start = file.byteCount
    for record in records { try file.write(record.directoryEntry(zip64From: limit)) }
    try file.write(
      ZipRecord.end(entryCount: records.count, directory: start..<file.byteCount, zip64From: limit))
    try file.commit()
  }

  private func requireNames(path: String) throws(NPZError) {
    var names: Set<String> = []
    for entry in entries {
      let bytes = (entry.name + NPZMember.suffix).utf8
      guard !bytes.contains(0), bytes.count <= UInt16.max else { throw .invalidName(path: path, member: entry.name) }
      guard names.insert(entry.name).inserted else { throw .duplicateMember(path: path, member: entry.name) }
    }
  }

  private func write(
    _ entry: Entry, to file: inout AtomicFile<NPZError>, zip64From limit: Int
  ) throws(NPZError) -> ZipRecord {
    var record = ZipRecord(
      name: entry.name + NPZMember.suffix, method: compression == .none ? 0 : 8, checkSum: try checkSum(of: entry),
      compressedByteCount: entry.byteCount, byteCount: entry.byteCount, offset: file.byteCount)
    // Deflate may make what cannot be compressed a little longer; how long is known too late for another header.
    let isLarge = entry.byteCount >= limit - min(limit, entry.byteCount / 16 + 1024)
    try file.write(record.localHeader(isLarge: isLarge))
    let start = file.byteCount
    switch compression {
    case .none:
      try file.write(entry.header)
      try entry.withElements { bytes throws(NPZError) in try file.write(bytes) }
    case .deflate(let level):
      try deflate(entry, level: level, to: &file)
      record.compressedByteCount = file.byteCount - start
      let header = record.localHeader(isLarge: isLarge)
      try header.withTypedBytes { bytes throws(NPZError) in try file.overwrite(bytes, at: record.offset) }
    }
    return record
  }

  private func checkSum(of entry: Entry) throws(NPZError) -> UInt32 {
    var sum: UInt = crc32_z(0, entry.header, entry.header.count)
    try entry.withElements { bytes throws(NPZError) in
      // Without an address, zlib would begin a new sum.
      if let start = bytes.baseAddress { sum = crc32_z(sum, start.assumingMemoryBound(to: UInt8.self), bytes.count) }
    }
    return UInt32(truncatingIfNeeded: sum)
  }

  private func deflate(_ entry: Entry, level: Int, to file: inout AtomicFile<NPZError>) throws(NPZError) {
    let stream: ZlibStream
    do { stream = try ZlibStream(compressingAtLevel: level) } catch {
      throw .cannotWrite(path: file.path, reason: error.text)
    }
    try entry.header.withTypedBytes { bytes throws(NPZError) in
      try stream.compress(bytes) { piece throws(NPZError) in try file.write(piece) }
    }
    try entry.withElements { bytes throws(NPZError) in
      try stream.compress(bytes) { piece throws(NPZError) in try file.write(piece) }
    }
    try stream.finish { piece throws(NPZError) in try file.write(piece) }
  }
}

extension AtomicFile {
  fileprivate mutating func write(_ bytes: [UInt8]) throws(Failure) {
    try bytes.withTypedBytes { bytes throws(Failure) in try write(bytes) }
  }
}

extension [UInt8] {
  /// `withUnsafeBytes` with a typed error.
  fileprivate func withTypedBytes<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try withUnsafeBytes { bytes in Result { () throws(Failure) in try body(bytes) } }.get()
  }
}
