import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

@Suite struct HDF5ErrorTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }

  private func file() throws -> HDF5File {
    var writer = HDF5Writer()
    writer.add(NDArray<Float>([1, 2]), named: "values")
    writer.add(NDArray<UInt8>([1, 2]), named: "chunks", layout: .chunked(rowCount: 1))
    try writer.write(to: path)
    return try HDF5File(path: path)
  }

  @Test func filesThatCannotBeRead() throws {
    let missing = directory.path("missing")
    #expect(throws: HDF5Error.cannotOpen(path: missing, reason: String(cString: strerror(ENOENT)))) {
      try HDF5File(path: missing)
    }
    #expect(throws: HDF5Error.notRegularFile(path: "/dev/null")) { try HDF5File(path: "/dev/null") }
  }

  @Test func whatIsNotThere() throws {
    let file = try file()
    #expect(throws: HDF5Error.noDataset(path: path, dataset: "other")) {
      try file.array(named: "other", of: Float.self)
    }
    let wrong = HDF5Error.wrongElementType(path: path, dataset: "/values", expected: .float64, found: .float32)
    #expect(throws: wrong) { try file.array(named: "values", of: Double.self) }
    #expect(throws: wrong) { try file.mapped(named: "values", of: Double.self) }
    #expect(throws: wrong) { try HDF5Array<Double>(file, named: "/values") }
    #expect(wrong.description == "\(path): data set \"/values\" has elements of type Float, not Double")
    #expect(
      throws: HDF5Error.notContiguous(path: path, dataset: "/chunks", storage: .chunked(shape: [1], filters: []))
    ) { try file.mapped(named: "chunks", of: UInt8.self) }
  }

  @Test(arguments: ["", "/", "a//b", "a/", "./a", "a/..", "a\0b"])
  func namesThatCannotBe(name: String) throws {
    var writer = HDF5Writer()
    writer.add(NDArray<Float>([1]), named: name)
    #expect(throws: HDF5Error.invalidName(path: path, dataset: name)) { try writer.write(to: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: [("a", "/a", "a"), ("a/b", "a", "a"), ("a/b/c", "a/b", "a/b")])
  func namesThatAreThereTwice(one: String, two: String, named: String) throws {
    var writer = HDF5Writer()
    writer.add(NDArray<Float>([1]), named: one)
    writer.add(NDArray<Float>([1]), named: two)
    #expect(throws: HDF5Error.duplicateDataset(path: path, dataset: named)) { try writer.write(to: path) }
  }

  @Test func whereNoFileCanBe() throws {
    func expect(_ path: String, _ reason: String) throws {
      #expect(throws: HDF5Error.cannotWrite(path: path, reason: reason)) { try HDF5Writer().write(to: path) }
    }
    try expect(directory.path("none/file"), String(cString: strerror(ENOENT)))
    try expect(directory.path(""), String(cString: strerror(EISDIR)))
    try expect("/dev/null", "it is not a regular file")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("")).isEmpty)
  }

  @Test func aFileIsReplacedAndNothingElseLeftBehind() throws {
    let old = try file()
    var writer = HDF5Writer()
    writer.add(NDArray<Float>([7, 8]), named: "values")
    try writer.write(to: path)
    #expect(try old.array(named: "values", of: Float.self).scalars == [1, 2])
    #expect(try HDF5File(path: path).array(named: "values", of: Float.self).scalars == [7, 8])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("")) == ["file"])
  }
}
