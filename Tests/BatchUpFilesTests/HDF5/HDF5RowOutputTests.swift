import BatchUp
import BatchUpFiles
import FileTestSupport
import Testing

/// Arrays whose rows come while the file is written.
@Suite struct HDF5RowOutputTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }
  private let array = NDArray<Int32>((0..<60).map { $0 * 3 }, shape: [10, 2, 3])

  private func writer(count: Int = 10) -> HDF5Writer {
    var writer = HDF5Writer()
    writer.add(NDArray<Float>([1, 2]), named: "/a")
    writer.reserve(shape: [count, 2, 3], of: Int32.self, named: "/g/rows")
    writer.reserve(shape: [3], of: UInt8.self, named: "bytes")
    writer.reserve(shape: [0, 4], of: Double.self, named: "none")
    writer.add(["x"], named: "/z")
    return writer
  }

  /// The same file, byte for byte, as of arrays that are there at once.
  @Test(arguments: [1, 2, 3, 10, 11]) func blocks(rowCount: Int) throws {
    try writer().write(to: path) { output in
      try output.append(NDArray<UInt8>([7, 8]), to: "/bytes")
      for start in stride(from: 0, to: 10, by: rowCount) {
        try output.append(array[rows: start..<min(start + rowCount, 10)], to: "g/rows")
      }
      try output.append(NDArray<UInt8>([9]), to: "bytes")
    }
    let file = try HDF5File(path: path)
    #expect(try file.mapped(named: "/g/rows", of: Int32.self).array == array)
    #expect(try file.array(named: "bytes", of: UInt8.self).scalars == [7, 8, 9])
    #expect(try file.array(named: "none", of: Double.self).shape == [0, 4])
    #expect(try file.array(named: "a", of: Float.self).scalars == [1, 2] && file.strings(named: "z") == ["x"])
    #expect(try directory.contents() == ["file"])
  }

  @Test func tooManyAndTooFew() throws {
    func expect(_ reason: String, _ body: @escaping (inout HDF5RowOutput) throws -> Void) throws {
      #expect(throws: HDF5Error.cannotWrite(path: path, reason: reason)) {
        try writer().write(to: path) { output in
          try output.append(NDArray<UInt8>([7, 8, 9]), to: "bytes")
          try body(&output)
        }
      }
      #expect(try directory.contents().isEmpty)
    }
    try expect("/g/rows was to have 10 rows, and there are 0") { _ in }
    try expect("/g/rows was to have 10 rows, and there are 9") { [array] in
      try $0.append(array[rows: 0..<9], to: "/g/rows")
    }
    try expect("/g/rows was to have 10 rows, and there are more") { [array] output in
      try output.append(array, to: "/g/rows")
      try output.append(array[rows: 0..<1], to: "/g/rows")
    }
  }

  @Test func whatTheClosureThrows() throws {
    struct Failure: Error {}
    #expect(throws: Failure.self) { try writer().write(to: path) { _ in throw Failure() } }
    #expect(try directory.contents().isEmpty)
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .failure) {
      var writer = HDF5Writer()
      writer.reserve(shape: [1], of: UInt8.self, named: "a")
      try writer.write(to: "/tmp/nothing is written here")
    }
    await #expect(processExitsWith: .failure) {
      var writer = HDF5Writer()
      writer.reserve(shape: [1], of: UInt8.self, named: "a")
      try writer.write(to: TemporaryDirectory().path("a")) { try $0.append(NDArray<Int8>([1]), to: "a") }
    }
  }
}
