import BatchUp
import Foundation
import TestSupport
import Testing

@Suite struct NPYOutputTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private var path: String { folder.path("p.npy") }

  private func expectFile<Scalar: PatternScalar>(_ array: NDArray<Scalar>) throws {
    try array.write(npyFile: folder.path("expected.npy"))
    #expect(try folder.bytes("p.npy") == folder.bytes("expected.npy"))
    unlink(folder.path("expected.npy"))
    #expect(folder.names == ["p.npy"])
  }

  private func outputs<Scalar: NPYScalar>(_: Scalar.Type, _ shape: [Int]) -> [() throws -> NPYOutput<Scalar>] {
    [
      { try NPYOutput(path: path, shape: shape) }, { try NPYOutput(path: path, shape: shape, resuming: []) },
      { try NPYOutput(path: path, shape: shape, resuming: [1, .max], checkpointInterval: .zero) },
    ]
  }

  @Test func everyTypeAndShape() throws {
    for type in patternTypes {
      for shape in patternShapes where !shape.isEmpty { try check(type, shape) }
    }
  }

  private func check<Scalar: PatternScalar>(_: Scalar.Type, _ shape: [Int]) throws {
    let array = NDArray<Scalar>.pattern(shape: shape)
    for make in outputs(Scalar.self, shape) {
      let output = try make()
      #expect(output.completedRowCount == 0)
      for row in 0..<shape[0] { try output.write(array[rows: row..<row + 1], at: row) }
      #expect(output.completedRowCount == shape[0])
      try output.finish()
      try expectFile(array)
    }
  }

  @Test func rowsInAnyOrderFromAnyThread() throws {
    let array = NDArray<Int32>.pattern(shape: [100, 3])
    let pool = WorkerPool(workerCount: 4)
    for make in outputs(Int32.self, [100, 3]) {
      let output = try make()
      let starts = Array(stride(from: 0, to: 100, by: 7)).shuffled()
      for isWritten in pool.stream(
        starts,
        { start in
          (try? output.write(array[rows: start..<min(start + 7, 100)], at: start)) != nil
        })
      { #expect(isWritten) }
      try output.finish()
      try expectFile(array)
    }
  }

  @Test func nothingIsLeftWithoutFinish() throws {
    try folder.write([1], name: "p.npy")
    do {
      let output = try NPYOutput<Float>(path: path, shape: [4])
      try output.write([1, 2, 3, 4], at: 0)
      #expect(folder.names.count == 2)
    }
    #expect(folder.names == ["p.npy"])
    #expect(try folder.bytes("p.npy") == [1])
  }

  @Test func whatIsNotARowOfTheFile() throws {
    for make in outputs(Float.self, [4, 2]) {
      unlink(path + ".partial")
      let output = try make()
      let row = NDArray<Float>(repeating: 1, shape: [1, 2])
      #expect(throws: NPYOutputError.wrongRowShape(path: path, expected: [2], found: [3])) {
        try output.write(NDArray(repeating: 1, shape: [1, 3]), at: 0)
      }
      #expect(throws: NPYOutputError.wrongRowShape(path: path, expected: [2], found: [])) {
        try output.write([1, 2], at: 0)
      }
      for (row, count) in [(4, 1), (3, 2), (0, 5), (-1, 1), (.max, 1)] {
        #expect(throws: NPYOutputError.self) { try output.write(NDArray(repeating: 1, shape: [count, 2]), at: row) }
      }
      try output.write(NDArray(repeating: 1, shape: [0, 2]), at: 4)
      try output.write(row, at: 2)
      #expect(throws: NPYOutputError.rowsWrittenTwice(path: path, rows: 1..<3)) {
        try output.write(NDArray(repeating: 1, shape: [2, 2]), at: 1)
      }
      #expect(throws: NPYOutputError.incomplete(path: path, expected: 4, found: 1)) { try output.finish() }
      #expect(output.completedRowCount == 0)
      try output.write(row, at: 0)
      #expect(output.completedRowCount == 1)
    }
  }

  @Test func shapesThatAreTooLarge() {
    let error = NPYOutputError.overflowingShape(path: path, shape: [1 << 62, 2], elementType: .int64)
    #expect(throws: error) { try NPYOutput<Int64>(path: path, shape: [1 << 62, 2]) }
    #expect(throws: error) { try NPYOutput<Int64>(path: path, shape: [1 << 62, 2], resuming: []) }
    #expect(throws: NPYOutputError.self) { try NPYOutput<Int8>(path: path, shape: [.max - 100], resuming: []) }
    #expect(folder.names.isEmpty)
  }

  @Test func placesThatCannotBeWritten() throws {
    let fifo = folder.path("fifo")
    try #require(mkfifo(fifo, 0o600) == 0)
    try #require(mkfifo(folder.path("x.partial"), 0o600) == 0)
    #expect(throws: NPYOutputError.notRegularFile(path: fifo)) { try NPYOutput<Int8>(path: fifo, shape: [1]) }
    #expect(throws: NPYOutputError.notRegularFile(path: fifo)) {
      try NPYOutput<Int8>(path: fifo, shape: [1], resuming: [])
    }
    #expect(throws: NPYOutputError.self) { try NPYOutput<Int8>(path: folder.path("x"), shape: [1], resuming: []) }
    for path in [folder.path("no/p.npy"), folder.path("")] {
      #expect(throws: NPYOutputError.self) { try NPYOutput<Int8>(path: path, shape: [1]) }
      #expect(throws: NPYOutputError.self) { try NPYOutput<Int8>(path: path, shape: [1], resuming: []) }
    }
    #expect(folder.names == ["fifo", "x.partial"])
  }

  @Test func aLimitOnTheSizeOfFilesIsATypedError() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      #if os(Linux)
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      #else
        let resource = RLIMIT_FSIZE
      #endif
      let folder = try FileFolder()
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      setrlimit(resource, &limit)
      let path = folder.path("p.npy")
      let reason = String(cString: strerror(EFBIG))
      #expect(throws: NPYOutputError.cannotWrite(path: path, reason: reason)) {
        try NPYOutput<Int8>(path: path, shape: [200_000])
      }
      #expect(throws: NPYOutputError.cannotWrite(path: path + ".partial", reason: reason)) {
        try NPYOutput<Int8>(path: path, shape: [200_000], resuming: [])
      }
      #expect(throws: NPYError.cannotWrite(path: path, reason: reason)) {
        try NDArray<Int8>(repeating: 1, shape: [200_000]).write(npyFile: path)
      }
      #expect(folder.names.isEmpty)
    }
  }

  #if os(Linux)
    /// A file system of its own, where this user may mount one.
    @Test func aFullDiskIsATypedErrorBeforeAnyWork() throws {
      let disk = folder.path("disk")
      mkdir(disk, 0o700)
      guard mount("tmpfs", disk, "tmpfs", 0, "size=256k") == 0 else { return }
      defer { umount(disk) }
      let path = disk + "/p.npy"
      let reason = String(cString: strerror(ENOSPC))
      #expect(throws: NPYOutputError.cannotWrite(path: path, reason: reason)) {
        try NPYOutput<Int8>(path: path, shape: [500_000])
      }
      #expect(throws: NPYOutputError.cannotWrite(path: path + ".partial", reason: reason)) {
        try NPYOutput<Int8>(path: path, shape: [500_000], resuming: [])
      }
      #expect(throws: NPYError.cannotWrite(path: path, reason: reason)) {
        try NDArray<Int8>(repeating: 1, shape: [500_000]).write(npyFile: path)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
      try NDArray<Int8>(repeating: 1, shape: [100_000]).write(npyFile: path)
    }
  #endif

  @Test func everyDescriptionIsOneLineWithThePath() {
    let identity = NPYOutputError.Identity(elementType: .float32, shape: [2, 3], fingerprint: [1, 255])
    let other = NPYOutputError.Identity(elementType: .int8, shape: [], fingerprint: [])
    let errors: [NPYOutputError] = [
      .cannotWrite(path: "p", reason: "r"), .notRegularFile(path: "p"),
      .overflowingShape(path: "p", shape: [2], elementType: .int8),
      .wrongRowShape(path: "p", expected: [1], found: [2]),
      .rowsOutside(path: "p", rows: 1..<2, rowCount: 1), .rowsWrittenTwice(path: "p", rows: 1..<2),
      .incomplete(path: "p", expected: 2, found: 1), .locked(path: "p"),
      .otherPartialFile(path: "p", expected: identity, found: other), .damagedPartialFile(path: "p", reason: "r"),
    ]
    for error in errors { #expect("\(error)".hasPrefix("p: ") && !"\(error)".contains("\n") && "\(error)".count < 200) }
    #expect(Set(errors.map(\.description)).count == errors.count)
    #expect("\(errors[8])".contains("2 x 3 elements of type Float and fingerprint [1 ff]"))
  }
}
