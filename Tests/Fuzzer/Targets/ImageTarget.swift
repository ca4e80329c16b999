import BatchUp
import BatchUpImages
import CBatchUpImages

/// A picture comes out the same each time, in all formats; where it comes out if damage is refused, so if not.
func checkImage(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  try checkDecoding(bytes, in: folder)
  // Checksums would keep all changes from the decoder.
  if let mended = withRightChecksums(bytes), mended != bytes { try checkDecoding(mended, in: folder) }
}

private func checkDecoding(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  let paths = [try folder.write(bytes)]
  // Few pixels, so that none takes long.
  let limit = 1 << 14
  let folders = [
    ImageFolder(paths: paths, width: 8, height: 8, pixelLimit: limit),
    ImageFolder(
      paths: paths, width: 40, height: 3, layout: .channelsLast, fitting: .cropCentre, damage: .tolerated,
      pixelLimit: limit),
    ImageFolder(
      paths: paths, width: 5, height: 17, channels: .gray, fitting: .letterbox, damage: .tolerated, pixelLimit: limit),
  ]
  let outcomes = try folders.map { try outcome($0, path: paths[0]) }
  if outcomes[0] { try require(outcomes[1] && outcomes[2], "what is whole is decoded where damage is tolerated") }
}

/// Whether there is a picture.
private func outcome(_ folder: ImageFolder, path: String) throws -> Bool {
  do {
    let batch = try folder.batch(at: [0])
    try require(isSame(try folder.batch(at: [0]), as: batch), "a picture is the same, decoded twice")
    return true
  } catch let error as ImageError {
    try requireLine(error, about: path)
    return false
  }
}

/// A PNG file whose chunks have the right checksums, as far as there are chunks; nil for other files.
private func withRightChecksums(_ bytes: [UInt8]) -> [UInt8]? {
  let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  guard bytes.starts(with: signature) else { return nil }
  var mended = bytes
  var start = signature.count
  while start + 12 <= bytes.count {
    let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    let end = start + 8 + length
    guard end + 4 <= bytes.count else { break }
    let sum = checksum(mended[start + 4..<end])
    for i in 0..<4 { mended[end + i] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(i))) }
    start = end + 4
  }
  return mended
}

/// The CRC-32 of PNG and zip, bit by bit.
private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  ~bytes.reduce(~0) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xEDB8_8320) }
  }
}

/// The orientation is one of Exif's eight.
func checkExif(_ bytes: [UInt8]) throws {
  let orientation = cbi_exif_orientation(bytes, bytes.count)
  try require(1...8 ~= orientation, "\(orientation) is an orientation")
}
