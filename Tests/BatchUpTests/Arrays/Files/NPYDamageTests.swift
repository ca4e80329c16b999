import BatchUp
import Foundation
import TestSupport
import Testing

@Suite struct NPYDamageTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private var path: String { folder.path("file.npy") }

  private func failure(of bytes: [UInt8]) throws -> NPYError? {
    try folder.write(bytes)
    do { _ = try NPYFile(path: path) } catch { return error }
    return nil
  }

  private func failure(ofText text: String) throws -> NPYError? { try failure(of: npyHeader(text)) }

  @Test(arguments: 1...3 as ClosedRange<UInt8>) func everyPrefixIsTruncated(version: UInt8) throws {
    for shape in [[3, 4], [], [5]] {
      let whole = npyBytes(Int16.self, shape: shape, version: version)
      let headerCount = whole.count - 2 * shape.reduce(1, *)
      let textStart = version == 1 ? 10 : 12
      #expect(try failure(of: []) == .notNPY(path: path, found: []))
      for count in 1..<whole.count {
        let error = try failure(of: Array(whole[..<count]))
        if count < headerCount {
          let expected = count < 8 ? 10 : count < textStart ? textStart : headerCount
          #expect(error == .truncatedHeader(path: path, expected: expected, found: count))
        } else {
          let data = whole.count - headerCount
          #expect(error == .truncatedData(path: path, expected: data, found: count - headerCount))
        }
      }
      for count in [1, 2, 100] {
        let expected = NPYError.trailingBytes(path: path, expected: whole.count - headerCount, count: count)
        #expect(try failure(of: whole + [UInt8](repeating: 0, count: count)) == expected)
      }
    }
  }

  @Test func otherFiles() throws {
    #expect(try failure(of: Array("<html>...".utf8)) == .notNPY(path: path, found: Array("<html>".utf8)))
    #expect(try failure(of: [0x93, 0x4E, 0x75]) == .notNPY(path: path, found: [0x93, 0x4E, 0x75]))
    for (major, minor) in [(0, 0), (1, 1), (4, 0), (255, 255)] as [(UInt8, UInt8)] {
      var bytes = npyBytes(Int8.self, shape: [1])
      bytes[6] = major
      bytes[7] = minor
      #expect(try failure(of: bytes) == .unsupportedVersion(path: path, major: major, minor: minor))
    }
  }

  /// As a question mark, which messages have for them, one would be the type Bool.
  @Test(arguments: ["'\u{1}'", "'|\u{7f}'", "'|\u{e9}'"]) func charactersThatCannotBePrinted(descriptor: String) throws
  {
    let error = try failure(ofText: "{'descr': \(descriptor), 'fortran_order': False, 'shape': (0,), }")
    guard case .damagedHeader(_, let defect)? = error, "\(defect)".contains("instead of the end of an element type")
    else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func elementTypesWithoutAScalar() throws {
    for (name, kind) in [
      ("|O", .object), ("<U5", .text), ("|S3", .bytes), ("<c8", .complex), (">c16", .complex), ("<M8[ns]", .date),
      ("<m8[s]", .duration), ("|V8", .void), ("<f16", .longDouble), ("<i16", .unknown), ("<q9", .unknown),
      ("", .unknown),
    ] as [(String, NPYError.UnsupportedKind)] {
      let bytes = npyHeader(descriptor: name, shape: [0])
      #expect(try failure(of: bytes) == .unsupportedElementType(path: path, found: "'\(name)'", kind: kind))
    }
    let records = try failure(ofText: "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}")
    guard case .unsupportedElementType(_, let found, .structured) = records else {
      Issue.record("\(String(describing: records))")
      return
    }
    #expect(found.hasPrefix("[('a', '<f4')]"))
  }

  @Test func wrongElementType() throws {
    for type in patternTypes {
      for other in patternTypes { try check(type, other) }
    }
  }

  private func check<A: PatternScalar, B: PatternScalar>(_: A.Type, _: B.Type) throws {
    guard A.npyElementType != B.npyElementType else { return }
    try folder.write(npyBytes(A.self, shape: [2]))
    let error = NPYError.wrongElementType(path: path, expected: B.npyElementType, found: A.npyElementType)
    #expect(throws: error) { try NDArray<B>(npyFile: path) }
    #expect(throws: error) { try MappedArray<B>(npyFile: path) }
  }

  @Test func damagedTexts() throws {
    let pairs = "'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)"
    for text in [
      "", "{", "}", "{}", "{\(pairs)", "\(pairs)}", "{\(pairs)}}", "{\(pairs)} x", "{\(pairs),,}", "{,\(pairs)}",
      "{\(pairs), 'more': 1}", "{\(pairs), 'descr': '<f4'}", "{'descr': '<f4', 'shape': (3, 4)}",
      "{'fortran_order': False, 'shape': (3, 4)}", "{'descr': '<f4', 'fortran_order': False}",
      "{'descr' '<f4', 'fortran_order': False, 'shape': (3, 4)}", "{'descr: '<f4'}", "{'descr': '<f4}",
      "{'descr': '<\\x66', 'fortran_order': False, 'shape': ()}", "{'descr': 4, 'fortran_order': False, 'shape': ()}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", "{'descr': '<f4', 'fortran_order': Fals, 'shape': ()}",
    ] {
      guard case .damagedHeader(path, _) = try failure(ofText: text) else {
        Issue.record("\(text)")
        continue
      }
    }
  }

  @Test func damagedShapes() throws {
    let longest = String(repeating: "1, ", count: 65)
    for shape in [
      "(3)", "[3, 4]", "3", "(-1,)", "(+1,)", "(1.0,)", "(1_0,)", "(01,)", "(1, 2", "(1 2)", "(,)", "(1,,2)", "(True,)",
      "(9223372036854775808,)", "(99999999999999999999999999,)", "(\(longest))", "('3',)", "(0x3,)", "((3,),)",
    ] {
      let error = try failure(ofText: "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape)}")
      guard case .damagedHeader(path, _) = error else {
        Issue.record("\(shape): \(String(describing: error))")
        continue
      }
    }
    let most = String(repeating: "1, ", count: 64)
    #expect(
      try failure(ofText: "{'descr': '|i1', 'fortran_order': False, 'shape': (\(most))}")
        == .truncatedData(path: path, expected: 1, found: 0))
  }

  @Test func overflowingShapes() throws {
    for shape in [[1 << 62, 2], [1 << 61, 4], [0, 1 << 62, 2], [1 << 32, 1 << 31], [Int.max, 2, 0]] {
      #expect(
        try failure(of: npyHeader(descriptor: "<i2", shape: shape))
          == .overflowingShape(path: path, shape: shape, elementType: .int16))
    }
    #expect(
      try failure(of: npyHeader(descriptor: "<i2", shape: [1 << 61]))
        == .truncatedData(path: path, expected: 1 << 62, found: 0))
    #expect(try failure(of: npyHeader(descriptor: "<i2", shape: [1 << 61, 0])) == nil)
  }

  @Test func lyingLengthsCostNothing() throws {
    let front = [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    #expect(try failure(of: front) == .truncatedHeader(path: path, expected: 12 + 0xFFFF_FFFF, found: 12))
    try folder.write(front)
    try #require(truncate(path, 5 << 30) == 0)
    let error = NPYError.damagedHeader(path: path, defect: "its text has \(0xFFFF_FFFF) bytes, more than \(1 << 16)")
    #expect(throws: error) { try NPYFile(path: path) }
    #expect(throws: NPYError.self) { try NPYFile(path: path, in: 0..<11) }
  }

  @Test func notRegularFiles() throws {
    let fifo = folder.path("fifo")
    try #require(mkfifo(fifo, 0o600) == 0)
    for path in [fifo, "/dev/zero", "/dev/null"] {
      #expect(throws: NPYError.notRegularFile(path: path)) { try NPYFile(path: path) }
      #expect(throws: MappedArrayError.notRegularFile(path: path)) { try MappedArray<Int8>(file: path, shape: [1]) }
    }
    let missing = folder.path("missing")
    let reason = String(cString: strerror(ENOENT))
    #expect(throws: NPYError.cannotOpen(path: missing, reason: reason)) { try NPYFile(path: missing) }
    #expect(throws: NPYError.self) { try NPYFile(path: folder.path("")) }
  }

  @Test func aFileThatShrinksBetweenOpeningAndReading() throws {
    try folder.write(npyBytes(Int32.self, shape: [100]))
    let file = try NPYFile(path: path)
    try #require(truncate(path, off_t(file.dataOffset + 7)) == 0)
    #expect(throws: NPYError.truncatedData(path: path, expected: 400, found: 7)) { try file.array(of: Int32.self) }
  }

  /// Each is an error, or an array whose size is the file's. Also finds descriptors that are not closed.
  @Test func mutatedFiles() throws {
    var generator = SeededGenerator(seed: 20_270)
    let seeds = [
      npyBytes(Float.self, shape: [3, 4]), npyBytes(Int8.self, shape: []),
      npyBytes(UInt64.self, shape: [2], version: 2),
      npyBytes(Int16.self, shape: [2, 3], order: .bigEndian, isFortranOrder: true, version: 3),
    ]
    var wholeCount = 0
    for _ in 0..<4_000 {
      let bytes = mutation(of: seeds[Int.random(in: 0..<4, using: &generator)], using: &generator)
      try folder.write(bytes)
      guard let file = try? NPYFile(path: path) else { continue }
      wholeCount += 1
      #expect(file.dataOffset + file.dataByteCount == bytes.count)
      #expect(file.shape.reduce(file.elementType.byteCount, *) == file.dataByteCount)
      if let type = file.elementType.scalarType { try read(type) }
    }
    #expect(wholeCount > 20)
  }

  private func read<Scalar: NPYScalar>(_: Scalar.Type) throws {
    let array = try NDArray<Scalar>(npyFile: path)
    if let mapped = try? MappedArray<Scalar>(npyFile: path), mapped.hasSampleAxis {
      #expect(try mapped.batch(at: BatchIndices(0..<mapped.sampleCount)).count == array.count)
    }
  }

  private func mutation(of bytes: [UInt8], using rng: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &rng) {
      let position = Int.random(in: 0...bytes.count, using: &rng)
      let end = min(position + Int.random(in: 1...4, using: &rng), bytes.count)
      switch Int.random(in: 0..<6, using: &rng) {
      case 0: if position < end { bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &rng) }
      case 1: if position < end { bytes[position] = Array("0189,()<>'{}: TF".utf8).randomElement(using: &rng) ?? 0 }
      case 2: bytes.removeSubrange(position..<end)
      case 3: bytes.insert(contentsOf: bytes[position..<end], at: position)
      case 4: bytes.insert(.random(in: 0...255, using: &rng), at: position)
      default: bytes.removeSubrange(position...)
      }
    }
    return bytes
  }

  @Test func everyDescriptionIsOneLineWithThePath() {
    let many = Array(repeating: 9, count: 64)
    let errors: [NPYError] = [
      .cannotOpen(path: "p", reason: "r"), .cannotRead(path: "p", reason: "r"), .cannotWrite(path: "p", reason: "r"),
      .notRegularFile(path: "p"), .notNPY(path: "p", found: []), .notNPY(path: "p", found: [1]),
      .unsupportedVersion(path: "p", major: 4, minor: 0), .truncatedHeader(path: "p", expected: 4, found: 2),
      .damagedHeader(path: "p", defect: "'a' instead of 'b' at byte 3"),
      .damagedHeader(path: "p", defect: "there is no key 'k' in the format"),
      .damagedHeader(path: "p", defect: "the key 'k' comes twice"),
      .damagedHeader(path: "p", defect: "the key 'k' is missing"),
      .damagedHeader(path: "p", defect: "its text has 9 bytes, more than 8"),
      .damagedHeader(path: "p", defect: "its shape has more than 64 axes"),
      .damagedHeader(path: "p", defect: "an axis has length 9, more than \(Int.max)"),
      .unsupportedElementType(path: "p", found: "'|O'", kind: .object),
      .wrongElementType(path: "p", expected: .bool, found: .int8),
      .overflowingShape(path: "p", shape: many, elementType: .int8), .truncatedData(path: "p", expected: 4, found: 2),
      .trailingBytes(path: "p", expected: 4, count: 2), .notEnoughMemory(path: "p", expected: 4),
      .fortranOrder(path: "p", shape: many), .cannotMap(.cannotMap(path: "p", reason: "r")),
      .cannotMap(.cannotOpen(path: "p", reason: "s")), .cannotMap(.cannotRead(path: "p", reason: "s")),
      .cannotMap(.tooShort(path: "p", expected: 4, found: 2)),
      .cannotMap(.shrunk(path: "p", expected: 4, found: 2)), .cannotMap(.notUsableInPlace(path: "p", reason: "r")),
      .cannotMap(.overflowingShape(path: "p", shape: many, elementType: .int8)),
    ]
    for error in errors {
      #expect("\(error)".hasPrefix("p: ") && !"\(error)".contains("\n") && "\(error)".count < 160, "\(error)")
    }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
