/// What stands behind the data of a partial file: the fingerprint of the computation, and how many rows are done.
///
/// The number of rows has two places, which are written in turn, each with a check sum: one of them is whole at any
/// time. All are 64-bit words, little-endian.
struct ProgressTrailer {
  let fingerprint: [UInt64]
  /// Where in the file the trailer starts.
  let offset: Int
  private(set) var rowCount = 0
  private var sequenceNumber: UInt64 = 0

  static let fingerprintLimit = 64
  /// "BatchUp1" in ASCII.
  private static let magic: UInt64 = 0x3170_5568_6374_6142
  private static let wordSize = 8
  private static let recordLength = 3

  init(fingerprint: [UInt64], offset: Int) {
    self.fingerprint = fingerprint
    self.offset = offset
  }

  var byteCount: Int { (identity.count + 2 * Self.recordLength) * Self.wordSize }

  private var identity: [UInt64] { Self.checked([Self.magic, UInt64(fingerprint.count)] + fingerprint) }

  /// The whole trailer, with the last record.
  var bytes: [UInt8] {
    let nothing = Self.checked([0, 0])
    return Self.bytes(identity + (sequenceNumber % 2 == 0 ? lastRecord + nothing : nothing + lastRecord))
  }

  private var lastRecord: [UInt64] { Self.checked([sequenceNumber, UInt64(rowCount)]) }

  /// What has to be written, and where, to say that so many rows are done.
  mutating func record(rowCount: Int) -> (bytes: [UInt8], offset: Int) {
    self.rowCount = rowCount
    sequenceNumber += 1
    let place = identity.count + Int(sequenceNumber % 2) * Self.recordLength
    return (Self.bytes(lastRecord), offset + place * Self.wordSize)
  }

  enum Content {
    /// No trailer: the file was being created, or being finished.
    case none
    case damaged
    case trailer(ProgressTrailer)
  }

  /// What the bytes from `offset` to the end of a file say.
  static func content(of bytes: [UInt8], offset: Int) -> Content {
    let words = self.words(bytes)
    guard words.contains(where: { $0 != 0 }) else { return .none }
    guard words.count >= 3, words[0] == magic, words[1] <= fingerprintLimit else { return .damaged }
    var trailer = ProgressTrailer(fingerprint: Array(words.dropFirst(2).prefix(Int(words[1]))), offset: offset)
    let identity = trailer.identity
    guard bytes.count == trailer.byteCount, words.starts(with: identity) else { return .damaged }
    let records = [0, 1].map { Array(words[(identity.count + $0 * recordLength)...].prefix(recordLength)) }
    guard
      let last = records.filter({ checked(Array($0.prefix(2))) == $0 }).max(by: { $0[0] < $1[0] }),
      // There is a next one.
      last[0] < .max, let rowCount = Int(exactly: last[1])
    else { return .damaged }
    trailer.sequenceNumber = last[0]
    trailer.rowCount = rowCount
    return .trailer(trailer)
  }

  private static func checked(_ words: [UInt64]) -> [UInt64] {
    // FNV-1a with words in place of bytes.
    words + [words.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ $1) &* 0x0000_0100_0000_01B3 }]
  }

  private static func bytes(_ words: [UInt64]) -> [UInt8] {
    words.flatMap { word in (0..<wordSize).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  }

  private static func words(_ bytes: [UInt8]) -> [UInt64] {
    (0..<bytes.count / wordSize).map { i in
      bytes[i * wordSize..<(i + 1) * wordSize].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}
