import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

/// Files that never were whole IDX files.
@Suite struct IDXErrorTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func text(of code: Int32) -> String { String(cString: strerror(code)) }

  /// The error of the bytes, which is the same whether they are compressed or not.
  private func failure(of bytes: [UInt8]) throws -> IDXError? {
    let plain = IDXOutcome(ofFile: try directory.write(bytes))
    #expect(IDXOutcome(ofFile: try directory.write(gzipped(bytes))) == plain)
    guard case .failure(let error) = plain else { return nil }
    return error
  }

  private var path: String { directory.path("file") }

  @Test func missingFile() throws {
    let missing = directory.path("missing")
    #expect(throws: IDXError.cannotOpen(path: missing, reason: text(of: ENOENT))) { try IDXFile(path: missing) }
    let below = try directory.write([]) + "/below"
    #expect(throws: IDXError.cannotOpen(path: below, reason: text(of: ENOTDIR))) { try IDXFile(path: below) }
    #expect(throws: IDXError.cannotOpen(path: "", reason: text(of: ENOENT))) { try IDXFile(path: "") }
  }

  @Test func directoryInsteadOfFile() throws {
    let path = directory.url.path(percentEncoded: false)
    #expect(throws: IDXError.cannotOpen(path: path, reason: text(of: EISDIR))) { try IDXFile(path: path) }
  }

  @Test(.enabled(if: geteuid() != 0, "root may read every file")) func noPermission() throws {
    let path = try directory.write(idxBytes(.uint8, [1]))
    chmod(path, 0)
    #expect(throws: IDXError.cannotOpen(path: path, reason: text(of: EACCES))) { try IDXFile(path: path) }
  }

  @Test func notRegularFiles() throws {
    let fifo = directory.path("fifo")
    try #require(mkfifo(fifo, 0o600) == 0)
    for path in [fifo, "/dev/zero", "/dev/null"] {
      #expect(throws: IDXError.notRegularFile(path: path)) { try IDXFile(path: path) }
    }
  }

  @Test func emptyFile() throws {
    #expect(try failure(of: []) == .empty(path: path))
    let path = try directory.write(gzipped([]) + gzipped([]))
    #expect(throws: IDXError.empty(path: path)) { try IDXFile(path: path) }
  }

  @Test func otherFiles() throws {
    #expect(
      try failure(of: Array("<html>".utf8)) == .notIDX(path: path, defect: "its first bytes are [60, 104], not [0, 0]"))
    #expect(try failure(of: [0, 1, 8, 1]) == .notIDX(path: path, defect: "its first bytes are [0, 1], not [0, 0]"))
    #expect(try failure(of: [7]) == .notIDX(path: path, defect: "its first bytes are [7], not [0, 0]"))
    for code in 0...255 as ClosedRange<UInt8> where IDXElementType(rawValue: code) == nil {
      #expect(
        try failure(of: [0, 0, code, 1, 0, 0, 0, 0])
          == .notIDX(
            path: path, defect: "its element type is \(code), not one of \(IDXElementType.allCases.map(\.rawValue))"))
    }
    for elementType in IDXElementType.allCases {
      #expect(
        try failure(of: [0, 0, elementType.rawValue, 0])
          == .notIDX(path: path, defect: "its number of axes is 0, not 1 to 255"))
    }
  }

  @Test func overflowingDimensions() throws {
    let most = Int(UInt32.max)
    let shapes = [
      Array(repeating: most, count: 255), [most, most], [1 << 31, 1 << 31, 1 << 31], [1 << 31, 1 << 31, 2],
      [0, most, most, most], [most, most, 0], [most, 0, most],
    ]
    for shape in shapes {
      #expect(
        try failure(of: idxHeader(.int16, shape))
          == .overflowingDimensions(path: path, shape: shape, elementType: .int16))
    }
  }

  @Test func dimensionsNextToOverflowing() throws {
    let shape = [1 << 31, 1 << 31]
    #expect(
      try failure(of: idxHeader(.uint8, shape)) == .truncatedData(path: path, expected: 1 << 62, found: 0))
    #expect(
      try failure(of: idxHeader(.int16, shape))
        == .overflowingDimensions(path: path, shape: shape, elementType: .int16))
    #expect(try failure(of: idxHeader(.uint8, [1 << 31, 0, 1 << 31])) == nil)
  }

  @Test func lyingHeadersCostNothing() throws {
    let header = idxHeader(.uint8, [1_000_000, 1_000_000, 1_000])
    let bytes = header + [UInt8](repeating: 1, count: 100 - header.count)
    #expect(
      try failure(of: bytes) == .truncatedData(path: path, expected: 1_000_000_000_000_000, found: 100 - header.count))
  }

  /// Headers around the bound on what deflate can expand to.
  @Test func lyingHeadersInGzip() throws {
    for count in stride(from: 30_000, through: 60_000, by: 500) {
      let bytes = idxHeader(.uint8, [count]) + [1, 2, 3]
      #expect(try failure(of: bytes) == .truncatedData(path: path, expected: count, found: 3))
    }
  }

  /// A file with a hole can be larger than memory. Where the system promises memory that it does not have, it would
  /// be read, which takes hours.
  @Test(.enabled(if: overcommitsHeuristically, "the system promises any amount of memory"))
  func moreThanMemory() throws {
    let size = 15 << 40
    let path = try directory.write(idxHeader(.uint8, [15 << 10, 1 << 30]))
    guard truncate(path, off_t(12 + size)) == 0 else { return }  // a file system without files of that size
    #expect(throws: IDXError.notEnoughMemory(path: path, expected: size)) { try IDXFile(path: path) }
  }

  @Test func wrongElementType() throws {
    for found in IDXElementType.allCases {
      let path = try directory.write(idxBytes(found, [2, 3]), name: "\(found)")
      for expected in IDXElementType.allCases { try checkMismatch(expected.scalarType, found, path) }
    }
  }

  private func checkMismatch<Scalar: IDXScalar>(_: Scalar.Type, _ found: IDXElementType, _ path: String) throws {
    let expected = Scalar.idxElementType
    guard expected != found else { return }
    let error = IDXError.wrongElementType(path: path, expected: expected, found: found)
    #expect(throws: error) { try NDArray<Scalar>(idxFile: path) }
    #expect(throws: error) { try IDXFile(path: path).array(of: Scalar.self) }
    #expect("\(error)" == "\(path): has elements of type \(found), not \(expected)")
  }

  @Test func everyDescriptionIsOneLineWithThePath() {
    let errors: [IDXError] = [
      .cannotOpen(path: "p", reason: "r"), .cannotRead(path: "p", reason: "r"), .notRegularFile(path: "p"),
      .empty(path: "p"), .notIDX(path: "p", defect: "its first bytes are [1, 2], not [0, 0]"),
      .notIDX(path: "p", defect: "its element type is 10, not one of \(IDXElementType.allCases.map(\.rawValue))"),
      .notIDX(path: "p", defect: "its number of axes is 0, not 1 to 255"),
      .truncatedHeader(path: "p", expected: 4, found: 2), .truncatedData(path: "p", expected: 4, found: 2),
      .trailingBytes(path: "p", expected: 4, count: 2),
      .overflowingDimensions(path: "p", shape: Array(repeating: 9, count: 255), elementType: .int8),
      .notEnoughMemory(path: "p", expected: 4), .damagedGzip(path: "p", reason: "r"),
      .truncatedGzip(path: "p", found: 2), .wrongElementType(path: "p", expected: .int8, found: .uint8),
    ]
    for error in errors {
      #expect("\(error)".hasPrefix("p: ") && !"\(error)".contains("\n") && "\(error)".count < 160)
    }
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect(
      "\(IDXError.truncatedData(path: "a.gz", expected: 4, found: 2))"
        == "a.gz: ends in its data, which have 4 bytes by the header, after 2; download it again")
  }
}

private var overcommitsHeuristically: Bool {
  (try? String(contentsOfFile: "/proc/sys/vm/overcommit_memory", encoding: .utf8)) == "0\n"
}
