import BatchUp
import FileTestSupport
import Testing

@testable import BatchUpFiles

private let eightBytes: [UInt8] = Array(0..<8)

@Suite struct NPZFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private static let shapes = [[], [0], [1], [7], [2, 3], [3, 0, 2], [0, 4], [2, 1, 3, 2], [1, 2, 1, 2, 3]]

  /// Every type in every shape, from rank 0 to 5, stored and deflated, with headers of either kind.
  @Test(arguments: [NPZWriter.Compression.none, .deflate(level: 1), .deflate(level: 9)], [false, true])
  func everyTypeAndShape(compression: NPZWriter.Compression, isLarge: Bool) throws {
    var writer = NPZWriter(compression: compression)
    for type in npyScalars {
      for shape in Self.shapes { add(type, shape, to: &writer) }
    }
    let path = directory.path("file")
    if isLarge { try writer.write(to: path, zip64From: 0) } else { try writer.write(to: path) }
    let file = try NPZFile(path: path)
    #expect(file.path == path && file.members.count == npyScalars.count * Self.shapes.count)
    for type in npyScalars {
      for shape in Self.shapes { try check(type, shape, in: file, isStored: compression == .none) }
    }
  }

  private func name(_ type: any NPYScalar.Type, _ shape: [Int]) -> String { "\(type) \(shape) ü/\"" }

  private func add<Scalar: NPYScalar>(_ type: Scalar.Type, _ shape: [Int], to writer: inout NPZWriter) {
    writer.add(mixedElements(type, shape: shape), named: name(type, shape))
  }

  private func check<Scalar: NPYScalar>(
    _ type: Scalar.Type, _ shape: [Int], in file: NPZFile, isStored: Bool
  ) throws {
    let name = name(type, shape)
    let expected = mixedElements(type, shape: shape)
    let member = try file.member(named: name)
    #expect(member.array?.elementType == Scalar.npyElementType && member.array?.shape == shape)
    #expect(member.array?.dataByteCount == expected.count * MemoryLayout<Scalar>.size)
    #expect(member.storage == (isStored ? .stored : .deflated))
    let array = try file.array(named: name, of: type)
    #expect(array.shape == shape && bytes(of: array) == bytes(of: expected))
    try file.verify(member: name)
    if isStored {
      let mapped = try file.mapped(named: name, of: type)
      let batch = try mapped.batch(at: BatchIndices(0..<mapped.sampleCount))
      #expect(bytes(of: batch) == bytes(of: expected))
      // Aligned to 64 bytes, so that it can be used where it is.
      #expect(member.byteRange.lowerBound % 64 == 0)
      if type != Bool.self { #expect(try bytes(of: mapped.array) == bytes(of: expected)) }
    } else {
      #expect(throws: NPZError.compressed(path: file.path, member: name)) { try file.mapped(named: name, of: type) }
    }
  }

  /// Elements of either byte order, in either order of the axes, stored and deflated.
  @Test func ordersOfBytesAndAxes() throws {
    for type in npyScalars {
      for isBig in [false, true] {
        for isFortran in [false, true] { try checkOrders(type, isBig, isFortran) }
      }
    }
  }

  private func checkOrders<Scalar: NPYScalar>(_ type: Scalar.Type, _ isBig: Bool, _ isFortran: Bool) throws {
    let array = mixedElements(type, shape: [2, 3])
    let size = MemoryLayout<Scalar>.size
    let elements = (0..<6).map { Array(bytes(of: array)[$0 * size..<($0 + 1) * size]) }
    let places = isFortran ? [0, 3, 1, 4, 2, 5] : [0, 1, 2, 3, 4, 5]
    let data = places.flatMap { isBig ? elements[$0].reversed() : elements[$0] }
    let descriptor = (size == 1 ? "|" : isBig ? ">" : "<") + Scalar.npyElementType.rawValue
    let whole = npyBytes(data, descriptor, shape: "(2, 3)", isFortran: isFortran)
    let path = try directory.write(ZipBytes(.init(whole), .init(deflating: "b.npy", whole)).bytes)
    let file = try NPZFile(path: path)
    for name in ["a", "b"] {
      let facts = try file.member(named: name).array
      #expect(facts?.isFortranOrder == isFortran)
      #expect(facts?.byteOrder == (isBig && size > 1 ? .bigEndian : .littleEndian))
      #expect(bytes(of: try file.array(named: name, of: type)) == bytes(of: array), "\(type) \(isBig) \(isFortran)")
    }
  }

  @Test func wrongElementTypesNameBoth() throws {
    let path = try directory.write(ZipBytes(.init(npyBytes([UInt8](repeating: 0, count: 8)))).bytes)
    let file = try NPZFile(path: path)
    let expected = NPZError.array(
      .wrongElementType(path: "\(path): member \"a\"", expected: .float64, found: .float32))
    #expect(throws: expected) { try file.array(named: "a", of: Double.self) }
    #expect(throws: expected) { try file.mapped(named: "a", of: Double.self) }
    #expect(throws: NPZError.noMember(path: path, member: "b")) { try file.array(named: "b", of: Float.self) }
  }

  /// Arrays of texts and entries that are no arrays do not make the others unreadable.
  @Test func otherMembers() throws {
    let texts = npyBytes([UInt8](repeating: 0, count: 12), "<U3", shape: "(1,)")
    let path = try directory.write(
      ZipBytes(
        .init("texts.npy", texts), .init("read.me", [1, 2, 3]), .init("folder/", []), .init(npyBytes(eightBytes))
      )
      .bytes)
    let file = try NPZFile(path: path)
    #expect(file.members.map(\.name) == ["texts", "read.me", "folder/", "a"])
    #expect(file.members.map { $0.array != nil } == [false, false, false, true])
    let error = NPYError.unsupportedElementType(path: "\(path): member \"texts\"", found: "'<U3'", kind: .text)
    #expect(file.members[0].contents == .unsupportedArray(error) && file.members[1].contents == .other)
    #expect(throws: NPZError.array(error)) { try file.array(named: "texts", of: Float.self) }
    #expect(throws: NPZError.notArray(path: path, member: "read.me")) {
      try file.array(named: "read.me", of: UInt8.self)
    }
    for member in file.members { try file.verify(member: member.name) }
  }

  /// What writers to streams do: sizes behind the data; and zip64 numbers, comments and fields that nobody knows.
  @Test func headersOfOtherWriters() throws {
    let whole = npyBytes(eightBytes)
    var streamed = ZipBytes.Entry(whole)
    streamed.flags = 1 << 3
    streamed.local.sum = 0
    streamed.local.byteCount = 0
    streamed.descriptor = [UInt8](repeating: 7, count: 16)
    var deflated = ZipBytes.Entry(deflating: "b.npy", whole)
    deflated.isLarge = true
    var last = ZipBytes.Entry("c.npy", whole)
    last.local.extra = [0xFE, 0xCA, 1, 0, 9, 0, 0]
    var zip = ZipBytes(streamed, deflated, last)
    zip.comment = Array("PK\u{5}\u{6} is no record".utf8)
    for hasLargeEnd in [false, true] {
      zip.hasLargeEnd = hasLargeEnd
      let file = try NPZFile(path: directory.write(zip.bytes))
      for name in ["a", "b", "c"] {
        #expect(bytes(of: try file.array(named: name, of: Float.self)) == eightBytes)
      }
    }
  }

  @Test func anEmptyFile() throws {
    let path = directory.path("empty")
    try NPZWriter().write(to: path)
    #expect(try NPZFile(path: path).members.isEmpty)
  }
}
