import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

/// Files that are no .npz files, or say what is not so.
@Suite struct NPZDamageTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }
  private static let data = [UInt8](0..<8)
  private static let array = npyBytes(data)

  private func failure(_ bytes: [UInt8]) throws -> NPZError? {
    let path = try directory.write(bytes)
    do throws(NPZError) {
      let file = try NPZFile(path: path)
      for member in file.members { _ = try file.array(named: member.name, of: Float.self) }
      return nil
    } catch {
      #expect("\(error)".hasPrefix(path) && !"\(error)".contains("\n"))
      return error
    }
  }

  /// The defect of the first of the entries.
  private func defect(_ entries: ZipBytes.Entry...) throws -> FileDefect? {
    var zip = ZipBytes()
    zip.entries = entries
    guard case .damagedMember(path, "a", let defect) = try failure(zip.bytes) else { return nil }
    return defect
  }

  private func directoryDefect(_ zip: ZipBytes) throws -> FileDefect? {
    guard case .damagedDirectory(path, let defect) = try failure(zip.bytes) else { return nil }
    return defect
  }

  @Test func filesThatCannotBeRead() throws {
    let missing = directory.path("missing")
    #expect(throws: NPZError.cannotOpen(path: missing, reason: String(cString: strerror(ENOENT)))) {
      try NPZFile(path: missing)
    }
    #expect(throws: NPZError.notRegularFile(path: "/dev/null")) { try NPZFile(path: "/dev/null") }
    #expect(try failure([]) == .notZip(path: path, found: []))
    #expect(try failure([1, 2, 3, 4, 5]) == .notZip(path: path, found: [1, 2, 3, 4]))
  }

  private func seeds() -> [[UInt8]] {
    var large = ZipBytes.Entry(Self.array)
    large.isLarge = true
    var zip = ZipBytes(.init(Self.array), .init(deflating: "b.npy", Self.array))
    zip.comment = [1, 2, 3]
    var large64 = ZipBytes(large)
    large64.hasLargeEnd = true
    return [zip.bytes, large64.bytes]
  }

  @Test func everyTruncationIsAnError() throws {
    for seed in seeds() {
      #expect(try failure(seed) == nil)
      for count in 0..<seed.count { #expect(try failure(Array(seed[..<count])) != nil, "\(count)") }
      #expect(try failure(seed + [0]) != nil)
    }
  }

  /// Every byte otherwise in three ways: an error, or the arrays are as they were.
  @Test func everyChangedByteIsAnErrorOrHarmless() throws {
    for seed in seeds() {
      let names = try NPZFile(path: directory.write(seed)).members.map(\.name)
      for position in seed.indices {
        for change: UInt8 in [1, 0x80, 0xFF] {
          var changed = seed
          changed[position] ^= change
          try expectHarmless(changed, names, "byte \(position), change \(change)")
        }
      }
    }
  }

  private func expectHarmless(_ bytes: [UInt8], _ names: [String], _ what: String) throws {
    let path = try directory.write(bytes)
    do throws(NPZError) {
      let file = try NPZFile(path: path)
      let arrays = try file.members.map { member throws(NPZError) in try file.array(named: member.name, of: Float.self)
      }
      #expect(file.members.map(\.name) == names, "\(what)")
      for array in arrays {
        #expect(array.withUnsafeBufferPointer { Array(UnsafeRawBufferPointer($0)) } == Self.data, "\(what)")
      }
    } catch {
      #expect("\(error)".hasPrefix(path) && !"\(error)".contains("\n"))
    }
  }

  @Test func lyingMethodsAndFlags() throws {
    var entry = ZipBytes.Entry(Self.array)
    entry.method = 12
    #expect(
      try defect(entry) == "is compressed by method 12, not stored (0) or deflated (8); write it again with numpy.savez"
    )
    for flag in [1, 1 << 6, 1 << 13] {
      entry = ZipBytes.Entry(Self.array)
      entry.flags = flag
      #expect(try defect(entry) == "is encrypted; write it again without a password")
    }
  }

  @Test func localHeadersThatContradict() throws {
    func contradiction(_ change: (inout ZipBytes.Entry) -> Void) throws -> String? {
      var entry = ZipBytes.Entry(Self.array)
      change(&entry)
      return try defect(entry)?.description
    }
    func another(_ field: String) -> String { "has another \(field) in its own header than in the directory" }
    #expect(try contradiction { $0.local.name = "b.npy" } == another("name"))
    #expect(try contradiction { $0.local.name = "a.np" } == another("name"))
    #expect(try contradiction { $0.local.method = 8 } == another("compression method"))
    #expect(try contradiction { $0.local.flags = 1 } == another("flags"))
    #expect(try contradiction { $0.local.sum = 1 } == another("check sum"))
    #expect(try contradiction { $0.local.byteCount = 1 } == another("sizes"))
    #expect(
      try contradiction {
        $0.isLarge = true
        $0.local.byteCount = 1
      } == another("sizes"))
    // Zeros are the sizes to come only where the flag says so.
    #expect(
      try contradiction {
        $0.local.byteCount = 0
        $0.local.sum = 0
      } == another("sizes"))
    var entry = ZipBytes.Entry(Self.array)
    entry.local.signature += 1
    #expect(try defect(entry) == "does not begin where the directory says")
  }

  @Test func placesOutsideAndOverlapping() throws {
    var entry = ZipBytes.Entry(Self.array)
    let size = 30 + 5 + entry.data.count
    for offset in [size - 29, size, 1 << 31] {
      entry.offset = offset
      #expect(try defect(entry) == "is said to begin at byte \(offset), but has to end before byte \(size)")
    }
    entry.isLarge = true
    entry.offset = Int.max
    #expect(try defect(entry) == "is said to begin at byte \(Int.max), but has to end before byte \(size + 20)")
    entry.offset = -1
    #expect(try directoryDefect(ZipBytes(entry)) == "entry 0 has no valid sizes")
    entry = ZipBytes.Entry(Self.array)
    entry.compressedByteCount += 1
    entry.byteCount += 1
    #expect(
      try defect(entry)
        == "is said to have \(Self.array.count + 1) bytes from byte 35 on, but has to end before byte \(size)")
    entry.isLarge = true
    entry.compressedByteCount = Int.max
    entry.byteCount = Int.max
    #expect(
      try defect(entry) == "is said to have \(Int.max) bytes from byte 55 on, but has to end before byte \(size + 20)")
    // A second entry over the data of the first, where its local header lies too.
    let inner = ZipBytes(.init("b.npy", Self.array)).bytes.prefix(30 + 5 + Self.array.count)
    let outer = ZipBytes.Entry("a.npy", Array(inner))
    var second = ZipBytes.Entry("b.npy", Self.array)
    second.offset = 35
    #expect(
      try failure(ZipBytes(outer, second).bytes)
        == .damagedMember(
          path: path, member: "b", defect: "begins at byte 35, before another ends at byte \(35 + inner.count)"))
  }

  @Test func lyingSizes() throws {
    var entry = ZipBytes.Entry(Self.array)
    entry.byteCount += 1
    #expect(try defect(entry) == "is stored in \(Self.array.count) bytes, not in its \(Self.array.count + 1)")
    entry = ZipBytes.Entry(deflating: Self.array)
    let limit = entry.data.count * 1032
    for count in [limit + 1, 1 << 31] {
      entry.byteCount = count
      #expect(
        try defect(entry) == "is said to have \(count) bytes, which \(entry.data.count) compressed ones cannot become")
    }
    // The .npy header does not agree.
    for count in [Self.array.count - 1, Self.array.count + 1, limit] {
      entry.byteCount = count
      guard case .array = try failure(ZipBytes(entry).bytes) else {
        Issue.record("\(count)")
        continue
      }
    }
    // It does, but the data inflate to more or less.
    for (count, shape) in [(4, "(1,)"), (12, "(3,)")] {
      let array = npyBytes(Self.data, shape: shape)
      entry = ZipBytes.Entry(deflating: array)
      entry.byteCount = array.count - 8 + count
      let found = min(array.count, entry.byteCount + 1)
      #expect(try defect(entry) == "has not the \(entry.byteCount) bytes of the directory, but \(found)")
    }
  }

  @Test func damagedData() throws {
    var entry = ZipBytes.Entry(Self.array)
    entry.sum ^= 1
    #expect(try defect(entry) == "is damaged: its check sum is \(entry.sum ^ 1), not \(entry.sum)")
    entry = ZipBytes.Entry(deflating: Self.array)
    entry.sum ^= 1
    #expect(try defect(entry) == "is damaged: its check sum is \(entry.sum ^ 1), not \(entry.sum)")
    entry = ZipBytes.Entry(deflating: Self.array)
    entry.data += [0, 0]
    entry.compressedByteCount += 2
    #expect(try defect(entry) == "is damaged: 2 bytes follow its compressed data")
    entry = ZipBytes.Entry(deflating: Self.array)
    entry.data.removeLast(2)
    entry.compressedByteCount -= 2
    #expect(try defect(entry) == "is damaged: its compressed data end too early")
    entry = ZipBytes.Entry(deflating: Self.array)
    entry.data[0] = 0xFF
    guard try defect(entry)?.description.hasPrefix("is damaged: ") == true else {
      Issue.record("a block of an unknown kind")
      return
    }
  }

  @Test func lyingDirectories() throws {
    let zip = ZipBytes(.init(Self.array))
    let start = 35 + Self.array.count
    let size = 46 + 5
    func changed(_ change: (inout ZipBytes) -> Void) throws -> FileDefect? {
      var zip = zip
      change(&zip)
      return try directoryDefect(zip)
    }
    #expect(try changed { $0.end.disk = 1 } == "it is one of several disks")
    #expect(
      try changed {
        $0.end.disk = 1
        $0.hasLargeEnd = true
      } == "it is one of several disks")
    #expect(try changed { $0.entries[0].disk = 1 } == "entry 0 has no valid sizes")
    #expect(try changed { $0.end.entryCount = 0 } == "\(size) bytes follow its last entry")
    #expect(try changed { $0.end.entryCount = 2 } == "it is said to have 2 entries, and has room for 1 at most")
    #expect(
      try changed {
        $0.end.entryCount = -1
        $0.hasLargeEnd = true
      } == "it is said to have \(Int.max) entries, and has room for 1 at most")
    for offset in [start - 1, start + 1, Int(UInt32.max)] {
      #expect(
        try changed { $0.end.offset = offset }
          == "it is said to be \(UInt64(size)) bytes from byte \(UInt64(offset)) on, and ends at byte \(start + size)")
    }
    #expect(
      try changed {
        $0.end.offset = -1
        $0.end.byteCount = -1
        $0.hasLargeEnd = true
      }
        == "it is said to be \(UInt64.max) bytes from byte \(UInt64.max) on, and ends at byte \(start + size)")
    // Bytes before the first entry would shift all offsets.
    guard case .damagedDirectory = try failure([0] + zip.bytes) else {
      Issue.record("a byte in front")
      return
    }
    var large = zip
    large.hasLargeEnd = true
    var bytes = large.bytes
    bytes[bytes.count - 22 + 10] = 3
    bytes[bytes.count - 22 + 11] = 0
    #expect(try failure(bytes) == .damagedDirectory(path: path, defect: "its two end records differ"))
    bytes = large.bytes
    bytes[bytes.count - 22 - 20 + 8] ^= 1
    guard case .damagedDirectory(_, let defect) = try failure(bytes), "\(defect)".contains("no zip64 record") else {
      Issue.record("a locator that leads nowhere")
      return
    }
  }

  @Test func names() throws {
    let array = Self.array
    #expect(
      try failure(ZipBytes(.init(array), .init(array)).bytes) == .duplicateMember(path: path, member: "a"))
    #expect(
      try failure(ZipBytes(.init(array), .init("a", array)).bytes) == .duplicateMember(path: path, member: "a"))
    #expect(
      try directoryDefect(ZipBytes(.init("a\0.npy", array))) == "the name of entry 0 is not UTF-8 or has a zero byte")
    var bytes = ZipBytes(.init("aaa.npy", array)).bytes
    for position in bytes.indices.dropLast(2) where bytes[position..<position + 3].elementsEqual("aaa".utf8) {
      bytes[position] = 0xFF
    }
    #expect(
      try failure(bytes) == .damagedDirectory(path: path, defect: "the name of entry 0 is not UTF-8 or has a zero byte")
    )
  }

  /// A header that asks for much does not get it.
  @Test func lyingShapes() throws {
    for shape in ["(1000000000000,)", "(4611686018427387904,)", "(9223372036854775807, 2)", "(0, 9223372036854775807)"]
    {
      for entry in [
        ZipBytes.Entry(npyBytes(Self.data, shape: shape)), ZipBytes.Entry(deflating: npyBytes(Self.data, shape: shape)),
      ] {
        guard case .array = try failure(ZipBytes(entry).bytes) else {
          Issue.record("\(shape)")
          continue
        }
      }
    }
    for count in 0..<Self.array.count {
      guard case .array = try failure(ZipBytes(.init(Array(Self.array[..<count]))).bytes) else {
        Issue.record("an .npy file of \(count) bytes")
        continue
      }
    }
  }

  @Test func everyDescriptionIsOneLineWithThePath() {
    let name = "a\n" + String(repeating: "long", count: 1_000)
    let errors: [NPZError] =
      [
        .cannotOpen(path: "p", reason: "r"), .cannotRead(path: "p", reason: "r"), .cannotWrite(path: "p", reason: "r"),
        .notRegularFile(path: "p"), .notZip(path: "p", found: [1]), .duplicateMember(path: "p", member: name),
        .noMember(path: "p", member: name), .notArray(path: "p", member: name), .compressed(path: "p", member: name),
        .notEnoughMemory(path: "p", member: name, expected: 1), .invalidName(path: "p", member: name),
        .array(.notRegularFile(path: "p: member")),
        .damagedDirectory(path: "p", defect: "d"), .damagedMember(path: "p", member: name, defect: "d"),
      ]
    for error in errors {
      #expect("\(error)".hasPrefix("p: ") && !"\(error)".contains("\n") && "\(error)".count < 320, "\(error)")
    }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
