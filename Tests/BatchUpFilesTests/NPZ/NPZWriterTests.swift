import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

@Suite struct NPZWriterTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

  @Test func theSameArraysMakeTheSameBytes() throws {
    for compression in [NPZWriter.Compression.none, .deflate()] {
      var files: [[UInt8]] = []
      for name in ["a", "b"] {
        var writer = NPZWriter(compression: compression)
        writer.add(NDArray<Float>([1, 2, 3]), named: "x")
        writer.add(NDArray<UInt8>([1, 2], shape: [2, 1]), named: "y")
        try writer.write(to: directory.path(name))
        files.append(try contents(directory.path(name)))
      }
      #expect(files[0] == files[1])
    }
  }

  @Test func deflatedFilesAreSmaller() throws {
    let numbers: [Double] = (0..<100_000).map { Double($0 % 500) }
    var sizes: [Int] = []
    for compression in [NPZWriter.Compression.none, .deflate(level: 1), .deflate(level: 9)] {
      var writer = NPZWriter(compression: compression)
      writer.add(NDArray(numbers), named: "x")
      try writer.write(to: directory.path("file"))
      sizes.append(try contents(directory.path("file")).count)
      let array = try NPZFile(path: directory.path("file")).array(named: "x", of: Double.self)
      #expect(array.scalars == numbers)
    }
    #expect(sizes[0] > 800_000 && sizes[1] < 100_000 && sizes[2] <= sizes[1])
  }

  /// What cannot be compressed gets no larger than deflate's stored blocks are.
  @Test func noise() throws {
    var generator = SeededGenerator(seed: 1)
    let noise = NDArray<UInt8>((0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
    var writer = NPZWriter(compression: .deflate(level: 9))
    writer.add(noise, named: "noise")
    try writer.write(to: directory.path("file"))
    #expect(try NPZFile(path: directory.path("file")).array(named: "noise", of: UInt8.self).scalars == noise.scalars)
  }

  @Test func namesThatCannotBe() throws {
    let path = directory.path("file")
    let long = String(repeating: "x", count: 65_532)
    for name in ["a\0b", long] {
      var writer = NPZWriter()
      writer.add(NDArray<Float>([1]), named: name)
      #expect(throws: NPZError.invalidName(path: path, member: name)) { try writer.write(to: path) }
    }
    var writer = NPZWriter()
    writer.add(NDArray<Float>([1]), named: "a")
    writer.add(NDArray<Int8>([1]), named: "a")
    #expect(throws: NPZError.duplicateMember(path: path, member: "a")) { try writer.write(to: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
    for name in ["", ".npy", "x.npy", String(long.dropLast()), "a/b"] {
      var writer = NPZWriter()
      writer.add(NDArray<Float>([1]), named: name)
      try writer.write(to: path)
      #expect(try NPZFile(path: path).array(named: name, of: Float.self).scalars == [1])
    }
  }

  @Test func wholeOrNotAtAll() throws {
    var writer = NPZWriter()
    writer.add(NDArray<Float>([1]), named: "a")
    let path = try directory.write([1, 2, 3])
    try writer.write(to: path)
    #expect(try NPZFile(path: path).members.count == 1)
    let missing = directory.path("none/file")
    #expect(throws: NPZError.cannotWrite(path: missing, reason: String(cString: strerror(ENOENT)))) {
      try writer.write(to: missing)
    }
    #expect(throws: NPZError.cannotWrite(path: "/dev/null", reason: "it is not a regular file")) {
      try writer.write(to: "/dev/null")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path) == ["file"])
  }
}
