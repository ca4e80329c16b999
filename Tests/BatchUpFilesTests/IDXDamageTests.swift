import BatchUp
import BatchUpFiles
import CZlib
import FileTestSupport
import TestSupport
import Testing

/// Files that were whole once.
@Suite(.namingCases) struct IDXDamageTests {
  let directory: TemporaryDirectory
  let whole = idxBytes(.int16, [2, 3])

  init() throws { directory = try TemporaryDirectory() }

  private func failure(of bytes: [UInt8]) throws -> IDXError? {
    guard case .failure(let error) = IDXOutcome(ofFile: try directory.write(bytes)) else { return nil }
    return error
  }

  private var path: String { directory.path("file") }

  @Test func everyPrefixOfAPlainFileIsTruncated() throws {
    #expect(try failure(of: []) == .empty(path: path))
    for count in 1..<4 {
      #expect(try failure(of: Array(whole[..<count])) == .truncatedHeader(path: path, expected: 4, found: count))
    }
    for count in 4..<12 {
      #expect(try failure(of: Array(whole[..<count])) == .truncatedHeader(path: path, expected: 12, found: count))
    }
    for count in 12..<24 {
      #expect(try failure(of: Array(whole[..<count])) == .truncatedData(path: path, expected: 12, found: count - 12))
    }
    #expect(try failure(of: whole) == nil)
  }

  @Test func everyPrefixOfAGzipFileIsTruncated() throws {
    let zeros = idxHeader(.uint8, [100_000]) + [UInt8](repeating: 0, count: 100_000)
    let files = gzippedInEveryWay(whole) + [gzippedWithOptionalFields(whole), gzipped(zeros)]
    for file in files {
      for count in 1..<file.count {
        #expect(try failure(of: Array(file[..<count])) == .truncatedGzip(path: path, found: count))
      }
      #expect(try failure(of: file) == nil)
    }
  }

  @Test func everyPrefixInsideAGzipFileIsTruncated() throws {
    for count in 0..<whole.count {
      let prefix = Array(whole[..<count])
      let plain = try failure(of: prefix)
      #expect(plain != nil)
      for file in gzippedInEveryWay(prefix) { #expect(try failure(of: file) == plain) }
    }
  }

  @Test func everyPrefixOfASecondMemberIsAnError() throws {
    let (front, back) = (gzipped(Array(whole[..<15])), gzipped(Array(whole[15...])))
    #expect(try failure(of: front) == .truncatedData(path: path, expected: 12, found: 3))
    for count in 1..<back.count {
      let file = front + back[..<count]
      #expect(try failure(of: file) == .truncatedGzip(path: path, found: file.count))
    }
    #expect(try failure(of: front + back) == nil)
  }

  @Test(arguments: [1, 2, 3, 7, 8, 100, 600_000]) func trailingBytes(count: Int) throws {
    let expected = IDXError.trailingBytes(path: path, expected: 12, count: count)
    for byte: UInt8 in [0, 0x1E, 0x8B, 0xFF] {
      let extra = [UInt8](repeating: byte, count: count)
      #expect(try failure(of: whole + extra) == expected)
      for file in gzippedInEveryWay(whole + extra) { #expect(try failure(of: file) == expected) }
      for file in gzippedInEveryWay(whole) { #expect(try failure(of: file + extra) == expected) }
      #expect(try failure(of: gzipped(whole) + gzipped(extra)) == expected)
    }
  }

  @Test func trailingBytesInsideAndBehindAreAddedUp() throws {
    #expect(
      try failure(of: gzipped(whole + [1, 2]) + [0, 0, 0]) == .trailingBytes(path: path, expected: 12, count: 5))
    #expect(try failure(of: gzipped(Array(whole[..<20])) + [0]) == .truncatedData(path: path, expected: 12, found: 8))
  }

  @Test func startOfAnotherMemberBehindTheDataIsTruncated() throws {
    let file = gzipped(whole)
    #expect(try failure(of: file + [0x1F]) == .truncatedGzip(path: path, found: file.count + 1))
    #expect(try failure(of: file + [0x1F, 0x8B]) == .truncatedGzip(path: path, found: file.count + 2))
    #expect(try failure(of: file + [0x1F, 0x8C]) == .trailingBytes(path: path, expected: 12, count: 2))
    #expect(
      try failure(of: file + [0x1F, 0x8B, 9, 0]) == .damagedGzip(path: path, reason: "unknown compression method"))
  }

  @Test func checkSumAndLengthAreChecked() throws {
    for file in gzippedInEveryWay(whole) {
      var wrongSum = file
      wrongSum[file.count - 5] ^= 1
      #expect(try failure(of: wrongSum) == .damagedGzip(path: path, reason: "incorrect data check"))
      var wrongLength = file
      wrongLength[file.count - 1] ^= 1
      #expect(try failure(of: wrongLength) == .damagedGzip(path: path, reason: "incorrect length check"))
    }
  }

  @Test func everyFlippedBitIsAnErrorOrHarmless() throws {
    let intact = IDXOutcome(definedBy: whole, path: path)
    try withEvery("file", in: gzippedInEveryWay(whole) + [gzippedWithOptionalFields(whole)]) { file in
      try withEvery("position", in: file.indices) { position in
        try withEvery("bit", in: 0..<8) { bit in
          var flipped = file
          flipped[position] ^= 1 << bit
          let outcome = IDXOutcome(ofFile: try directory.write(flipped))
          if case .contents = outcome { #expect(outcome == intact, "byte \(position), bit \(bit)") }
        }
      }
    }
  }

  /// Also finds descriptors that are not closed: there are more files than a process may open.
  @Test func mutatedFilesAreReadAsDefined() throws {
    var rng = SplitMix(seed: 20_260)
    let seeds =
      IDXElementType.allCases.map { idxBytes($0, [2, 3]) } + [idxBytes(.uint8, [0, 7]), idxBytes(.int8, [9])]
    for _ in 0..<3_000 {
      let mutated = mutation(of: seeds[Int.random(in: 0..<seeds.count, using: &rng)], using: &rng)
      // A file that looks compressed after its mutation is a case of the next test.
      if mutated.first == 0x1F { continue }
      let expected = IDXOutcome(definedBy: mutated, path: path)
      #expect(IDXOutcome(ofFile: try directory.write(mutated)) == expected, "\(mutated)")
      #expect(IDXOutcome(ofFile: try directory.write(gzipped(mutated))) == expected, "\(mutated)")
    }
  }

  @Test func mutatedGzipFilesAreAnErrorOrIntact() throws {
    var rng = SplitMix(seed: 20_261)
    let seeds = gzippedInEveryWay(whole) + [gzipped(Array(whole[..<9])) + gzipped(Array(whole[9...]))]
    let intact = IDXOutcome(definedBy: whole, path: path)
    for _ in 0..<3_000 {
      let mutated = mutation(of: seeds[Int.random(in: 0..<seeds.count, using: &rng)], using: &rng)
      let outcome = IDXOutcome(ofFile: try directory.write(mutated))
      if case .contents = outcome { #expect(outcome == intact, "\(mutated)") }
    }
  }

  /// One to three random changes: bits flipped, bytes set, runs left out, repeated or put in, the end cut off.
  private func mutation(of bytes: [UInt8], using rng: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &rng) {
      let position = Int.random(in: 0...bytes.count, using: &rng)
      let end = min(position + Int.random(in: 1...4, using: &rng), bytes.count)
      switch Int.random(in: 0..<6, using: &rng) {
      case 0: if position < end { bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &rng) }
      case 1: if position < end { bytes[position] = [0, 1, 2, 0x7F, 0x80, 0xFF].randomElement(using: &rng) ?? 0 }
      case 2: bytes.removeSubrange(position..<end)
      case 3: bytes.insert(contentsOf: bytes[position..<end], at: position)
      case 4: bytes.insert(.random(in: 0...255, using: &rng), at: position)
      default: bytes.removeSubrange(position...)
      }
    }
    return bytes
  }
}
