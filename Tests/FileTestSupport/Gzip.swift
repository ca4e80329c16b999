import CZlib

/// One gzip member with the given bytes.
public func gzipped(_ bytes: [UInt8], level: Int32 = 9, strategy: Int32 = Z_DEFAULT_STRATEGY) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  precondition(deflateInit2_(&stream, level, Z_DEFLATED, 15 + 16, 8, strategy, ZLIB_VERSION, size) == Z_OK)
  defer { deflateEnd(&stream) }
  let bound = Int(deflateBound(&stream, UInt(bytes.count)))
  var input = bytes
  return input.withUnsafeMutableBufferPointer { input in
    [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      count = output.count - Int(stream.avail_out)
    }
  }
}

/// The same bytes compressed in every kind of deflate block: stored, with fixed and with dynamic codes.
public func gzippedInEveryWay(_ bytes: [UInt8]) -> [[UInt8]] {
  [gzipped(bytes, level: 0), gzipped(bytes)] + [Z_FIXED, Z_HUFFMAN_ONLY].map { gzipped(bytes, strategy: $0) }
}

/// A member whose header has all optional fields: extra bytes, name, comment and header check sum.
public func gzippedWithOptionalFields(_ bytes: [UInt8]) -> [UInt8] {
  let fields: [UInt8] = [4, 0, 1, 2, 3, 4] + Array("name\0".utf8) + Array("comment\0".utf8)
  let member = gzipped(bytes)
  var header = Array(member[..<10]) + fields
  header[3] = 0b1_1110
  let sum = crc32(0, header, UInt32(header.count))
  return header + [UInt8(sum & 0xFF), UInt8(sum >> 8 & 0xFF)] + member[10...]
}
