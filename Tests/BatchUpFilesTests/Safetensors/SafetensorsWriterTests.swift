import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

@Suite struct SafetensorsWriterTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func writer(_ value: Float = 1) -> SafetensorsWriter {
    var writer = SafetensorsWriter(metadata: ["b": "2", "a": "1"])
    writer.add(NDArray([true, false, true]), named: "flags")
    writer.add(NDArray([value, 2]), named: "values")
    writer.add(NDArray([3 as Float]), named: "more")
    return writer
  }

  private func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path("")).sorted() }
  }

  /// The larger elements first, then by name; the header ends at a multiple of eight bytes.
  @Test func theBytesOfAFile() throws {
    let path = directory.path("file")
    try writer().write(to: path)
    let text =
      #"{"__metadata__":{"a":"1","b":"2"},"flags":{"data_offsets":[12,15],"dtype":"BOOL","shape":[3]},"#
      + #""more":{"data_offsets":[0,4],"dtype":"F32","shape":[1]},"#
      + #""values":{"data_offsets":[4,12],"dtype":"F32","shape":[2]}}"#
    let header = Array(text.utf8) + [UInt8](repeating: 0x20, count: -text.utf8.count & 7)
    let data: [UInt8] = ([3, 1, 2] as [Float]).flatMap { littleEndianBytes($0.bitPattern) as [UInt8] } + [1, 0, 1]
    #expect(try contents(path) == safetensorsBytes(header) + data)
  }

  @Test func noArrays() throws {
    let path = directory.path("file")
    try SafetensorsWriter().write(to: path)
    #expect(try contents(path) == safetensorsBytes("{}      "))
  }

  @Test func namesThatCannotBe() throws {
    let path = directory.path("file")
    var twice = writer()
    twice.add(NDArray([1 as UInt8]), named: "more")
    #expect(throws: SafetensorsError.duplicateTensor(path: path, tensor: "more")) { try twice.write(to: path) }
    var reserved = writer()
    reserved.add(NDArray([1 as UInt8]), named: "__metadata__")
    #expect(throws: SafetensorsError.reservedName(path: path, tensor: "__metadata__")) { try reserved.write(to: path) }
    #expect(try names.isEmpty)
  }

  @Test func aFileIsReplacedAndNothingElseLeftBehind() throws {
    let path = directory.path("file")
    try writer(1).write(to: path)
    try writer(5).write(to: path)
    #expect(try SafetensorsFile(path: path).array(named: "values", of: Float.self)[0] == 5)
    #expect(try names == ["file"])
  }

  @Test func whereNoFileCanBe() throws {
    func expect(_ path: String, _ reason: String) throws {
      let error = SafetensorsError.cannotWrite(path: path, reason: reason)
      #expect(throws: error) { try writer().write(to: path) }
      #expect(throws: error) { try SafetensorsWriter.requireWritable(path: path) }
    }
    try expect(directory.path("none/file"), String(cString: strerror(ENOENT)))
    try expect(directory.path(""), String(cString: strerror(EISDIR)))
    try expect(try directory.write([1]) + "/below", String(cString: strerror(ENOTDIR)))
    try expect("/dev/null", "it is not a regular file")
    #expect(try names == ["file"])
  }

  @Test func requiringWritableLeavesNothingBehind() throws {
    try SafetensorsWriter.requireWritable(path: directory.path("file"))
    #expect(try names.isEmpty)
    let old = try directory.write([1, 2])
    try SafetensorsWriter.requireWritable(path: old)
    #expect(try contents(old) == [1, 2])
  }

  @Test func permissionsFollowTheUmask() throws {
    let path = directory.path("file")
    try writer().write(to: path)
    var status = stat()
    try #require(stat(path, &status) == 0)
    let mask = umask(0o022)
    umask(mask)
    #expect(status.st_mode & 0o777 == 0o666 & ~mask)
  }
}
