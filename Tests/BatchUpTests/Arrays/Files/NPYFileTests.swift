import BatchUp
import Foundation
import TestSupport
import Testing

@Suite(.namingCases) struct NPYFileTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  @Test(arguments: 1...3 as ClosedRange<UInt8>) func everythingThatTheFormatKnows(version: UInt8) throws {
    try withEvery("type", in: patternTypes) { type in
      try withEvery("shape", in: patternShapes) { shape in
        try withEvery("order", in: [ByteOrder.littleEndian, .bigEndian]) { order in
          try withEvery("isFortranOrder", in: [false, true]) { isFortranOrder in
            try check(type, shape, order, isFortranOrder, version)
          }
        }
      }
    }
  }

  /// NumPy reads them in headers that other programs write.
  @Test func longNamesOfTypes() throws {
    for (name, type) in [
      ("bool", .bool), ("int8", .int8), ("int16", .int16), ("int32", .int32), ("int64", .int64), ("uint8", .uint8),
      ("uint16", .uint16), ("uint32", .uint32), ("uint64", .uint64), ("float16", .float16), ("float32", .float32),
      ("float64", .float64),
    ] as [(String, NPYElementType)] {
      let text = "{'descr': '\(name)', 'fortran_order': False, 'shape': (2,), }\n"
      let front: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0]
      let file = try NPYFile(path: folder.write(front + text.utf8 + Array(repeating: 0, count: 2 * type.byteCount)))
      #expect(file.elementType == type && file.shape == [2], "\(name)")
    }
    #expect(try NDArray<Double>(npyFile: caseFile("descr_float64.npy")).scalars == [0, 1])
  }

  private func check<Scalar: PatternScalar>(
    _: Scalar.Type, _ shape: [Int], _ order: ByteOrder, _ isFortranOrder: Bool, _ version: UInt8
  ) throws {
    let bytes = npyBytes(
      Scalar.self, shape: shape, order: order, isFortranOrder: isFortranOrder, version: version)
    let path = try folder.write(bytes)
    let file = try NPYFile(path: path)
    let array: NDArray<Scalar> = try file.array()
    #expect(array == .pattern(shape: shape))
    #expect(try NDArray<Scalar>(npyFile: path) == array)
    #expect(file.shape == shape && file.elementType == Scalar.npyElementType && file.version == Int(version))
    #expect(file.byteOrder == (MemoryLayout<Scalar>.size == 1 ? .native : order))
    #expect(file.isFortranOrder == (isFortranOrder && shape.count { $0 > 1 } > 1 && !shape.contains(0)))
    #expect(file.dataByteCount == array.count * MemoryLayout<Scalar>.size)
    #expect(file.dataOffset + file.dataByteCount == bytes.count)

    let inside = try folder.write([1, 2, 3] + bytes + [4], name: "archive")
    #expect(try NPYFile(path: inside, in: 3..<3 + bytes.count).array() == array)
  }

  @Test func largerThanAPiece() throws {
    for shape in [[700, 401], [401, 700], [3, 400_000], [11, 13, 17, 101]] {
      let path = try folder.write(npyBytes(UInt16.self, shape: shape, order: .bigEndian, isFortranOrder: true))
      #expect(try NDArray<UInt16>(npyFile: path) == .pattern(shape: shape))
    }
  }

  @Test func headersThatOthersWrite() throws {
    let expected = NDArray<Float>([1, 2], shape: [1, 2])
    let data = expected.scalars.flatMap(\.littleEndianBytes)
    for text in [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}",
      #"{"shape":(1,2,),"fortran_order":False,"descr":"<f4",}"#,
      "  {\t'shape' : ( 1L , 2L ) , 'descr' : '=f4' , 'fortran_order' : True }   ",
      "{'descr': 'f4', 'fortran_order': False, 'shape': (1, 2), }\n\n",
      "{'descr':'|f4','fortran_order':False,'shape':(1,2)}",
    ] {
      #expect(try NDArray<Float>(npyFile: folder.write(npyHeader(text) + data)) == expected, "\(text)")
    }
    let bools = npyHeader("{'descr': '?', 'fortran_order': False, 'shape': (3,)}") + [0, 1, 2]
    #expect(try NDArray<Bool>(npyFile: folder.write(bools)).scalars == [false, true, true])
  }

  @Test func wordsOfTheMachine() throws {
    try NDArray([1, -2, 3]).write(npyFile: folder.path("file.npy"))
    #expect(try NDArray<Int>(npyFile: folder.path("file.npy")).scalars == [1, -2, 3])
    #expect(try NDArray<Int64>(npyFile: folder.path("file.npy")).scalars == [1, -2, 3])
  }
}

@Suite struct NPYWritingTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  @Test func everyTypeAndShapeComesBack() throws {
    for type in patternTypes {
      for shape in patternShapes { try check(type, shape) }
    }
  }

  private func check<Scalar: PatternScalar>(_: Scalar.Type, _ shape: [Int]) throws {
    let path = folder.path("file.npy")
    try NDArray<Scalar>.pattern(shape: shape).write(npyFile: path)
    #expect(try NDArray<Scalar>(npyFile: path) == .pattern(shape: shape))
    let file = try NPYFile(path: path)
    #expect(file.dataOffset % 64 == 0 && file.version == 1 && !file.isFortranOrder)
    #expect(folder.names == ["file.npy"])
  }

  /// As NumPy 2 writes them; `scripts/check-numpy.sh` compares with the NumPy that is there.
  @Test func bytesAreThoseOfNumPy() throws {
    let path = folder.path("file.npy")
    try NDArray<Float>([1, 2, 3, 4, 5, 6], shape: [3, 2]).write(npyFile: path)
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }"
    let header = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8)
    let padding = [UInt8](repeating: 0x20, count: 127 - header.count) + [0x0A]
    let data = (1...6).flatMap { Float($0).littleEndianBytes }
    #expect(try folder.bytes() == header + padding + data)
  }

  @Test func viewsAreWrittenAsTheyAre() throws {
    let array = NDArray<Int32>.pattern(shape: [10, 3])
    try array[rows: 4..<9].write(npyFile: folder.path("file.npy"))
    #expect(try NDArray<Int32>(npyFile: folder.path("file.npy")) == array[rows: 4..<9])
  }

  @Test func aFileIsReplacedAndALinkFollowed() throws {
    let (path, link) = (folder.path("file.npy"), folder.path("link"))
    try folder.write([1, 2, 3])
    try #require(symlink("file.npy", link) == 0)
    try NDArray<Int8>([1]).write(npyFile: link)
    #expect(try NDArray<Int8>(npyFile: path).scalars == [1])
    #expect(folder.names == ["file.npy", "link"])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "file.npy")
  }

  @Test func onlyRegularFilesAreReplaced() throws {
    let fifo = folder.path("fifo")
    try #require(mkfifo(fifo, 0o600) == 0)
    let array = NDArray<Int8>([1])
    for path in [fifo, "/dev/null"] {
      #expect(throws: NPYError.notRegularFile(path: path)) { try array.write(npyFile: path) }
    }
    let directory = folder.path("")
    #expect(throws: NPYError.cannotWrite(path: directory, reason: String(cString: strerror(EISDIR)))) {
      try array.write(npyFile: directory)
    }
    let nowhere = folder.path("no/file.npy")
    #expect(throws: NPYError.cannotWrite(path: nowhere, reason: String(cString: strerror(ENOENT)))) {
      try array.write(npyFile: nowhere)
    }
    #expect(throws: NPYError.self) { try array.write(npyFile: "") }
    #expect(folder.names == ["fifo"])
  }
}
