import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

/// A file with an array of one kind, and what becomes of it where the system refuses to write all of it.
private struct WrittenFile: Sendable {
  let name: String
  let write: @Sendable (_ path: String, _ scale: Int) throws -> Void
  let isEqual: @Sendable (HDF5File, _ scale: Int) throws -> Bool

  static let all = [
    scalars("contiguous", .contiguous), scalars("chunked", .chunked(rowCount: 100)),
    scalars("compressed", .chunked(rowCount: 100, deflateLevel: 1, shuffling: true)), strings, sequences, rows,
  ]

  private static func numbers(_ scale: Int) -> NDArray<Int32> {
    NDArray((0..<1000 * scale).map { Int32(truncatingIfNeeded: $0 &* 0x9E37_79B9) })
  }

  private static func scalars(_ name: String, _ layout: HDF5Writer.Layout) -> WrittenFile {
    WrittenFile(name: name) { path, scale in
      var writer = HDF5Writer()
      writer.add(numbers(scale), named: "g/a", layout: layout)
      try writer.write(to: path)
    } isEqual: {
      try $0.array(named: "g/a", of: Int32.self) == numbers($1)
    }
  }

  private static let strings = WrittenFile(name: "strings") { path, scale in
    var writer = HDF5Writer()
    writer.add((0..<300 * scale).map { "text \($0)" }, named: "a")
    try writer.write(to: path)
  } isEqual: { file, scale in
    try file.strings(named: "a") == (0..<300 * scale).map { "text \($0)" }
  }

  private static func integerRows(_ scale: Int) -> [[Int32]] { (0..<30 * scale).map { Array(0..<Int32($0 % 20)) } }

  private static let sequences = WrittenFile(name: "sequences") { path, scale in
    var writer = HDF5Writer()
    writer.add(integerRows(scale), named: "a")
    try writer.write(to: path)
  } isEqual: {
    try $0.integerRows(named: "a") == integerRows($1)
  }

  private static let rows = WrittenFile(name: "rows") { path, scale in
    let numbers = numbers(scale)
    var writer = HDF5Writer()
    writer.reserve(shape: numbers.shape, of: Int32.self, named: "a")
    try writer.write(to: path) { output in
      for start in stride(from: 0, to: numbers.count, by: 100) {
        try output.append(numbers[rows: start..<start + 100], to: "a")
      }
    }
  } isEqual: {
    try $0.array(named: "a", of: Int32.self) == numbers($1)
  }

  /// Writes the file, which is there whole or, after the error that `reason` names, not at all.
  func expectAllOrNothing(in folder: String, scale: Int, fails: Bool, reason: String, _ comment: String) throws {
    let path = folder + "/" + name
    if fails {
      #expect(throws: HDF5Error.cannotWrite(path: path, reason: reason), "\(name): \(comment)") {
        try write(path, scale)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, "\(name): \(comment)")
    } else {
      try write(path, scale)
      #expect(try isEqual(HDF5File(path: path), scale), "\(name): \(comment)")
      try FileManager.default.removeItem(atPath: path)
    }
  }
}

/// Sets how long files of this process may become; nil for as long as the system allows.
private func limitFileSize(to byteCount: Int?) {
  #if os(Linux)
    let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
  #else
    let resource = RLIMIT_FSIZE
  #endif
  var limit = rlimit()
  getrlimit(resource, &limit)
  limit.rlim_cur = byteCount.map { rlim_t($0) } ?? limit.rlim_max
  setrlimit(resource, &limit)
}

/// libhdf5 may crash at the end of a process that could not write, so that these are processes of their own.
@Suite struct HDF5FullDiskTests {
  @Test func everyLimitOnTheSizeOfFiles() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      let reason = String(cString: strerror(EFBIG))
      for file in WrittenFile.all {
        let folder = try TemporaryDirectory()
        let whole = try TemporaryDirectory()
        try file.write(whole.path("whole"), 1)
        let size = try whole.read("whole").count
        for count in stride(from: 0, to: size, by: 512) {
          limitFileSize(to: count)
          try file.expectAllOrNothing(
            in: folder.path(""), scale: 1, fails: true, reason: reason, "\(count) of \(size) bytes")
        }
        limitFileSize(to: size)
        try file.expectAllOrNothing(in: folder.path(""), scale: 1, fails: false, reason: "", "all bytes")
        limitFileSize(to: nil)
      }
    }
  }

  #if os(Linux)
    /// A file system of its own, where this user may mount one.
    @Test func aFullDiskIsATypedError() async {
      await #expect(processExitsWith: .success) {
        let directory = try TemporaryDirectory()
        let disk = directory.path("disk")
        mkdir(disk, 0o700)
        guard mount("tmpfs", disk, "tmpfs", 0, "size=64k") == 0 else { return }
        defer { withExtendedLifetime(directory) { _ = umount(disk) } }
        let reason = String(cString: strerror(ENOSPC))
        for file in WrittenFile.all {
          try file.expectAllOrNothing(in: disk, scale: 100, fails: true, reason: reason, "of a full disk")
          try file.expectAllOrNothing(in: disk, scale: 1, fails: false, reason: "", "after an error")
        }
      }
    }
  #endif

  /// Opens something else under the descriptor that a file is read from.
  @Test func whatTheSystemCannotRead() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let path = directory.path("x")
      var writer = HDF5Writer()
      writer.add(NDArray<Int32>(repeating: 1, shape: [5000]), named: "a", layout: .chunked(rowCount: 100))
      writer.add(["one", "two"], named: "s")
      writer.add([[1, 2], [3]], named: "v")
      try writer.write(to: path)
      let file = try HDF5File(path: path)
      let array = try HDF5Array<Int32>(file, named: "a")
      let other = open("/", O_RDONLY)
      var status = stat()
      var found = stat()
      stat(path, &status)
      for descriptor in 3..<other where fstat(descriptor, &found) == 0 && found.st_ino == status.st_ino {
        dup2(other, descriptor)
      }
      let expected = HDF5Error.cannotRead(path: path, reason: String(cString: strerror(EISDIR)))
      #expect(throws: expected) { try array.batch(at: BatchIndices(0..<10)) }
      #expect(throws: expected) { try file.array(named: "a", of: Int32.self) }
      #expect(throws: expected) { try file.strings(named: "s") }
      #expect(throws: expected) { try file.integerRows(named: "v") }
      withExtendedLifetime(directory) {}
    }
  }

  #if os(Linux)
    /// It is a regular file, and its first bytes, which no process has, cannot be read.
    @Test func aFileWhoseBeginningCannotBeRead() throws {
      let path = "/proc/self/mem"
      #expect(throws: HDF5Error.cannotRead(path: path, reason: String(cString: strerror(EIO)))) {
        try HDF5File(path: path)
      }
    }
  #endif
}
