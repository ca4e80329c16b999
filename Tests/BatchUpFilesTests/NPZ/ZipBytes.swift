import BatchUp
import BatchUpFiles
import CZlib
import FileTestSupport

/// A zip file to be made, whose headers may say anything.
struct ZipBytes {
  var entries: [Entry] = []
  var comment: [UInt8] = []
  /// Whether the numbers of the directory are in zip64 records.
  var hasLargeEnd = false
  var end = End()

  struct Entry {
    var name = "a.npy"
    /// As they are in the file.
    var data: [UInt8]
    var method = 0
    var flags = 0
    var sum: UInt32
    var byteCount: Int
    var compressedByteCount: Int
    var offset: Int?
    var disk = 0
    /// The sizes and, in the directory, the offset are in zip64 fields.
    var isLarge = false
    var local = Local()
    /// What follows the data, such as their sizes.
    var descriptor: [UInt8] = []

    /// What the local header says otherwise.
    struct Local {
      var name: String?
      var method: Int?
      var flags: Int?
      var sum: UInt32?
      var byteCount: Int?
      var signature = 0x0403_4B50
      var extra: [UInt8] = []
    }

    /// A stored entry.
    init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      data = bytes
      byteCount = bytes.count
      compressedByteCount = bytes.count
      sum = UInt32(crc32_z(0, bytes, bytes.count))
    }

    init(_ bytes: [UInt8]) { self.init("a.npy", bytes) }

    init(deflating bytes: [UInt8]) { self.init(deflating: "a.npy", bytes) }

    /// A deflated entry.
    init(deflating name: String, _ bytes: [UInt8]) {
      self.init(name, bytes)
      method = 8
      // Without gzip's header of ten bytes and its trailer of eight.
      data = Array(gzipped(bytes).dropFirst(10).dropLast(8))
      compressedByteCount = data.count
    }
  }

  /// What the record at the end says otherwise.
  struct End {
    var entryCount: Int?
    var offset: Int?
    var byteCount: Int?
    var disk = 0
  }

  init(_ entries: Entry...) { self.entries = entries }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      directory += entry.directoryEntry(at: bytes.count)
      bytes += entry.localHeader + entry.data + entry.descriptor
    }
    let start = bytes.count
    return bytes + directory + endRecords(at: start, directory.count)
  }

  private func endRecords(at start: Int, _ byteCount: Int) -> [UInt8] {
    let entryCount = end.entryCount ?? entries.count
    let (start, position) = (end.offset ?? start, start + byteCount)
    let byteCount = end.byteCount ?? byteCount
    var bytes: [UInt8] = []
    if hasLargeEnd {
      bytes += number(0x0606_4B50, 4) + number(44, 8) + number(45, 2) + number(45, 2) + number(end.disk, 4)
      bytes += number(0, 4) + number(entryCount, 8) + number(entryCount, 8) + number(byteCount, 8) + number(start, 8)
      bytes += number(0x0706_4B50, 4) + number(0, 4) + number(position, 8) + number(1, 4)
    }
    bytes += number(0x0605_4B50, 4) + number(hasLargeEnd ? 0xFFFF : end.disk, 2) + number(0, 2)
    let count = number(hasLargeEnd ? 0xFFFF : entryCount, 2)
    bytes += count + count + number(hasLargeEnd ? 0xFFFF_FFFF : byteCount, 4)
    return bytes + number(hasLargeEnd ? 0xFFFF_FFFF : start, 4) + number(comment.count, 2) + comment
  }
}

extension ZipBytes.Entry {
  fileprivate var localHeader: [UInt8] {
    let name = Array((local.name ?? name).utf8)
    let size = local.byteCount ?? byteCount
    let compressed = size == 0 ? 0 : compressedByteCount
    let sizes = isLarge ? number(-1, 8) : number(compressed, 4) + number(size, 4)
    let extra = isLarge ? number(1, 2) + number(16, 2) + number(size, 8) + number(compressed, 8) : []
    return number(local.signature, 4) + number(20, 2) + number(local.flags ?? flags, 2)
      + number(local.method ?? method, 2) + number(0, 4) + number(Int(local.sum ?? sum), 4) + sizes
      + number(name.count, 2) + number(extra.count + local.extra.count, 2) + name + extra + local.extra
  }

  fileprivate func directoryEntry(at position: Int) -> [UInt8] {
    let offset = offset ?? position
    let extra =
      isLarge
      ? number(1, 2) + number(24, 2) + number(byteCount, 8) + number(compressedByteCount, 8) + number(offset, 8) : []
    let sizes = isLarge ? number(-1, 8) : number(compressedByteCount, 4) + number(byteCount, 4)
    return number(0x0201_4B50, 4) + number(20, 2) + number(20, 2) + number(flags, 2) + number(method, 2)
      + number(0, 4) + number(Int(sum), 4) + sizes + number(name.utf8.count, 2) + number(extra.count, 2)
      + number(0, 2) + number(disk, 2) + number(0, 6) + number(isLarge ? -1 : offset, 4) + Array(name.utf8) + extra
  }
}

private func number(_ number: Int, _ byteCount: Int) -> [UInt8] { Array(littleEndianBytes(number).prefix(byteCount)) }

/// An .npy file, with that header and these data.
func npyBytes(
  _ data: [UInt8], _ descriptor: String = "<f4", shape: String = "(2,)", isFortran: Bool = false
) -> [UInt8] {
  var text = "{'descr': '\(descriptor)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': \(shape), }"
  text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
  return [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndianBytes(UInt16(text.utf8.count)) + Array(text.utf8) + data
}

/// All types of NumPy that Swift has a scalar for on this platform.
let npyScalars: [any NPYScalar.Type] = NPYElementType.allCases.compactMap(\.scalarType)

/// An array whose elements have all sorts of bits; Bool is 0 and 1 alone.
func mixedElements<Scalar: NPYScalar>(_: Scalar.Type, shape: [Int]) -> NDArray<Scalar> {
  NDArray(unsafeUninitializedShape: shape) { elements in
    let bytes = UnsafeMutableRawBufferPointer(elements)
    let isBool = Scalar.self == Bool.self
    for i in bytes.indices { bytes[i] = isBool ? UInt8(i % 3 % 2) : UInt8(truncatingIfNeeded: i &* 167 &+ 129) }
  }
}
