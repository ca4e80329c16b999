import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

/// Files that are no safetensors files.
@Suite struct SafetensorsDamageTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }

  private func failure(_ bytes: [UInt8]) throws -> SafetensorsError? { try safetensorsFailure(bytes, in: directory) }

  private func failure(_ header: String, dataByteCount: Int = 4) throws -> SafetensorsError? {
    try failure(safetensorsBytes(header, dataByteCount: dataByteCount))
  }

  @Test func filesThatCannotBeRead() throws {
    let missing = directory.path("missing")
    #expect(throws: SafetensorsError.cannotOpen(path: missing, reason: String(cString: strerror(ENOENT)))) {
      try SafetensorsFile(path: missing)
    }
    #expect(throws: SafetensorsError.notRegularFile(path: "/dev/null")) { try SafetensorsFile(path: "/dev/null") }
  }

  @Test func everyPrefixIsTruncated() throws {
    let header = "{\(tensorText())}"
    let whole = safetensorsBytes(header, dataByteCount: 4)
    for count in 0..<8 {
      #expect(try failure(Array(whole[..<count])) == .truncatedHeader(path: path, expected: 8, found: count))
    }
    for count in 8..<whole.count - 4 {
      #expect(
        try failure(Array(whole[..<count]))
          == .truncatedHeader(path: path, expected: 8 + header.utf8.count, found: count))
    }
    for missing in 1...4 {
      #expect(
        try failure(Array(whole.dropLast(missing))) == .wrongDataByteCount(path: path, expected: 4, found: 4 - missing))
    }
    #expect(try failure(whole + [0]) == .wrongDataByteCount(path: path, expected: 4, found: 5))
    #expect(try failure(whole) == nil)
  }

  @Test func lyingHeaderLengths() throws {
    for length in [UInt64(100_000_001), 1 << 40, 1 << 63, .max] {
      #expect(
        try failure(littleEndianBytes(length) + Array("{}".utf8))
          == .headerTooLarge(path: path, limit: 100_000_000, found: length))
    }
    for length in [UInt64(3), 99_999_999, 100_000_000] {
      #expect(
        try failure(littleEndianBytes(length) + Array("{}".utf8))
          == .truncatedHeader(path: path, expected: 8 + Int(length), found: 10))
    }
  }

  @Test func headersThatAreNotJSON() throws {
    func defect(_ header: [UInt8]) throws -> FileDefect? {
      guard case .invalidHeader(path, let defect) = try failure(safetensorsBytes(header)) else { return nil }
      return defect
    }
    #expect(try defect([]) == "begins with nothing, not with {")
    for text in [" {}", "[]", "\u{FEFF}{}", "null", "1"] {
      #expect(
        try defect(Array(text.utf8))
          == "begins with byte \(Array(text.utf8)[0]), not with {")
    }
    #expect(try defect([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]) == "is not text in UTF-8")
    #expect(try defect("{}".utf16.flatMap { littleEndianBytes($0) }) == "is not text in UTF-8")
    for text in [
      "{", "{}}", "{},", "{a:1}", "{\"a\"}", "{'a':1}", "{}{}", "{} x", "{\(tensorText("a", "F32", "[01]"))}",
    ] {
      #expect(
        try defect(Array(text.utf8)) == "is not valid JSON, or has numbers that are not whole or too large", "\(text)")
    }
    let nested = String(repeating: "{\"a\":", count: 100_000)
    #expect(try defect(Array(nested.utf8)) == "is not valid JSON, or has numbers that are not whole or too large")
    #expect(
      try defect(Array((#"{"a":"# + String(repeating: "[", count: 100_000)).utf8))
        == "is not valid JSON, or has numbers that are not whole or too large")
  }

  @Test(arguments: [
    (#"{"a":1}"#, "a"), (#"{"a":null}"#, "a"), (#"{"a":[]}"#, "a"), (#"{"a":{}}"#, "a.dtype"),
    (#"{"a":{"dtype":"F32","shape":[]}}"#, "a.data_offsets"),
    (#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, "a.shape"),
    (#"{"a":{"dtype":1,"shape":[],"data_offsets":[0,4]}}"#, "a.dtype"),
    (#"{"a":{"dtype":"F32","shape":{},"data_offsets":[0,4]}}"#, "a.shape"),
    (#"{"__metadata__":[]}"#, "__metadata__"), (#"{"__metadata__":{"b":1}}"#, "__metadata__.b"),
    (#"{"__metadata__":{"b":null}}"#, "__metadata__.b"),
  ])
  func unexpectedValues(header: String, location: String) throws {
    #expect(
      try failure(header)
        == .invalidHeader(
          path: path,
          defect: location.isEmpty ? "is not as the format says" : "is not as the format says at \(location.briefly)"))
  }

  @Test(arguments: [
    "[-0.5]", "[1.5]", "[1.0]", "[-0]", "[1e0]", "[1E1]", "[0,4,]", "[0,4 ,\n]", "[\"1\"]", "[null]", "[true]",
    "[1e300]", "[9223372036854775808]", "[[1]]", "1",
  ])
  func numbersThatAreNone(text: String) throws {
    for header in ["{\(tensorText("a", "F32", text))}", "{\(tensorText("a", "F32", "[]", text))}"] {
      // For numbers that do not fit, Foundation's decoder says no more than for text that is no JSON.
      guard case .invalidHeader(path, let defect) = try failure(header) else {
        Issue.record("\(header)")
        continue
      }
      #expect(
        ["is not valid JSON", "is not as the format says at a.shape", "is not as the format says at a.data_offsets"]
          .contains { defect.description.hasPrefix($0) })
    }
  }

  @Test func namesThatAreThereTwice() throws {
    let duplicate = SafetensorsError.invalidHeader(path: path, defect: "has the same name twice")
    let empty = tensorText("a", "F32", "[0]", "[0,0]")
    for header in [
      "{\(tensorText()),\(tensorText())}", "{\(empty),\(tensorText())}", "{\(tensorText()),\(tensorText("\\u0061"))}",
      #"{"__metadata__":{},"__metadata__":{}}"#, #"{"__metadata__":{"a":"b","a":"b"}}"#,
      #"{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1,"x":2}}"#,
    ] {
      #expect(try failure(header) == duplicate, "\(header)")
    }
    // Colons and quotes in texts are none of the header's own.
    #expect(try failure(#"{"__metadata__":{"a\":{\\":"b\\\":","c":"}:{"},"# + tensorText("x:\\\"y") + "}") == nil)
  }

  private func defect(_ members: String..., dataByteCount: Int = 4) throws -> FileDefect? {
    let header = "{\(members.joined(separator: ","))}"
    let failure = try failure(header, dataByteCount: dataByteCount)
    guard case .invalidTensor(path, _, let defect) = failure else { return nil }
    return defect
  }

  @Test func offsets() throws {
    for offsets in [[], [0], [4, 0], [0, 2, 4], [-4, 0], [-8, -4]] {
      #expect(
        try defect(tensorText("a", "F32", "[]", "\(offsets)")) == "has the offsets \(offsets), not two in order"
      )
    }
    #expect(
      try defect(tensorText("a", "F32", "[]", "[1,5]"), dataByteCount: 5) == "has data from byte 1, not from byte 0")
    // A hole and an overlap between two tensors, in either order of the header.
    let first = tensorText("a", "F32", "[]", "[0,4]")
    let (hole, overlap) = (tensorText("b", "F32", "[]", "[5,9]"), tensorText("b", "F32", "[]", "[3,7]"))
    for members in [[first, hole], [hole, first]] {
      #expect(try defect(members[0], members[1], dataByteCount: 9) == "has data from byte 5, not from byte 4")
    }
    for members in [[first, overlap], [overlap, first]] {
      #expect(try defect(members[0], members[1], dataByteCount: 7) == "has data from byte 3, not from byte 4")
    }
    #expect(try defect(first, tensorText("b", "F32", "[]", "[0,4]")) == "has data from byte 0, not from byte 4")
    #expect(
      try defect(tensorText("a", "Q", "[]", "[0,\(Int.max)]"))
        == "has the offsets \([0, Int.max]), not two in order")
    #expect(
      try failure("{\(tensorText("a", "Q", "[]", "[0,\(Int.max - 200)]"))}")
        == .wrongDataByteCount(path: path, expected: Int.max - 200, found: 4))
  }

  @Test func sizes() throws {
    #expect(
      try defect(tensorText("a", "F32", "[1]", "[0,3]"), dataByteCount: 3) == "has 3 bytes, not the 4 of its shape")
    #expect(try defect(tensorText("a", "F64", "[]", "[0,4]")) == "has 4 bytes, not the 8 of its shape")
    #expect(try defect(tensorText("a", "F32", "[0]", "[0,4]")) == "has 4 bytes, not the 0 of its shape")
    #expect(try defect(tensorText("a", "F32", "[-1]", "[0,4]")) == "has an axis of negative length: \([-1])")
    #expect(
      try defect(tensorText("a", "F32", "[-1,-1]", "[0,4]")) == "has an axis of negative length: \([-1, -1])")
    #expect(
      try defect(tensorText("a", "F4", "[3]", "[0,1]"), dataByteCount: 1) == "has 12 bits, which are no whole bytes")
    let big = 1 << 32
    for shape in [[big, big], [0, big, big], [big, 0, big], [Int.max], [1 << 58]] {
      #expect(
        try defect(tensorText("a", "F32", "\(shape)", "[0,4]")) == "has more than \(Int.max) bits: \(shape)")
    }
    #expect(
      try defect(tensorText("a", "F32", "[\((1 << 58) - 1)]", "[0,4]"))
        == "has 4 bytes, not the \(((1 << 58) - 1) * 4) of its shape")
  }

  @Test func everyFlippedBitIsAnErrorOrReadable() throws {
    var writer = SafetensorsWriter(metadata: ["key": "value"])
    writer.add(mixedArray(Float.self, shape: [2, 3]), named: "first")
    writer.add(mixedArray(Bool.self, shape: [5]), named: "second")
    try writer.write(to: path)
    let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
    for position in whole.indices {
      for bit in 0..<8 {
        var flipped = whole
        flipped[position] ^= 1 << bit
        try readAll(flipped)
      }
    }
  }

  /// Opens the file, and reads every tensor that can be; anything but a typed error would end the tests.
  private func readAll(_ bytes: [UInt8]) throws {
    let path = try directory.write(bytes)
    do throws(SafetensorsError) {
      let file = try SafetensorsFile(path: path)
      for tensor in file.tensors {
        func read<Scalar: SafetensorsScalar>(_: Scalar.Type) {
          _ = try? file.array(named: tensor.name, of: Scalar.self)
        }
        for type in safetensorsScalars { read(type) }
      }
    } catch {
      #expect("\(error)".hasPrefix(path) && !"\(error)".contains("\n"))
    }
  }

  @Test func everyDescriptionIsOneLineWithThePath() {
    let name = "a\n" + String(repeating: "long", count: 1_000)
    let type = SafetensorsElementType(rawValue: name)
    let errors: [SafetensorsError] =
      [
        .cannotOpen(path: "p", reason: "r"), .cannotRead(path: "p", reason: "r"), .notRegularFile(path: "p"),
        .truncatedHeader(path: "p", expected: 8, found: 1), .headerTooLarge(path: "p", limit: 1, found: 2),
        .wrongDataByteCount(path: "p", expected: 1, found: 2), .noTensor(path: "p", tensor: name),
        .wrongElementType(path: "p", tensor: name, expected: .bool, found: type),
        .notBool(path: "p", tensor: name, position: 1, found: 2),
        .notEnoughMemory(path: "p", tensor: name, expected: 1),
        .cannotWrite(path: "p", reason: "r"), .duplicateTensor(path: "p", tensor: name),
        .reservedName(path: "p", tensor: name),
        .invalidTensor(path: "p", tensor: name, defect: "d"), .invalidHeader(path: "p", defect: "d"),
      ]
    for error in errors {
      #expect("\(error)".hasPrefix("p: ") && !"\(error)".contains("\n") && "\(error)".count < 320, "\(error)")
    }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
