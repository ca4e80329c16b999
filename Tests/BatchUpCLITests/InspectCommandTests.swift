import BatchUp
import BatchUpFiles
import Foundation
import Testing

@Suite struct InspectCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What `batchup inspect --json` writes, by the names that its help documents.
  private struct Report: Decodable {
    let files: [File]

    struct File: Decodable {
      let path: String
      let format: String?
      let notes: [String]
      let error: String?
      let members: [Member]
      let imageCount: Int?
      let failures: [String]
    }

    struct Member: Decodable, Equatable {
      var name: String?
      var elementType = "Float"
      var shape: [Int]?
      var byteOrder: String? = "little"
      var fortranOrder = false
      var storage = "plain"
      var byteCount = 0
      var notes: [String] = []
      var checks: [String] = []
      var firstValues: [String]?
      var nanCount: Int?
      var infiniteCount: Int?
    }

    init(_ run: BatchUpProcess) throws {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      self = try decoder.decode(Report.self, from: Data(run.output.utf8))
    }
  }

  private func path(_ name: String) -> String { folder.url.appending(path: name).path }

  /// A file of every format, none with the ending of its own.
  private func filesOfEveryFormat() throws -> [String] {
    let array = NDArray<Float>([1, .nan, 3, -.infinity, 5, 6, 7, 8], shape: [4, 2])
    let labels = NDArray<UInt8>([3, 1, 2])
    try array.write(npyFile: path("npy"))
    var npz = NPZWriter(compression: .deflate())
    npz.add(array, named: "x")
    npz.add(labels, named: "y")
    try npz.write(to: path("npz"))
    var safetensors = SafetensorsWriter(metadata: ["key": "value"])
    safetensors.add(array, named: "x")
    try safetensors.write(to: path("safetensors"))
    _ = try folder.write(IDXFixtures.file(shape: [3], [3, 1, 2]), to: "idx")
    _ = try folder.write(Array("a;kind;b\n1;x;2\n3;y;NA\n".utf8), to: "csv")
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNkZ2BiYAAAADUAC6RaRLsAAAAASUVORK5CYII="
    try #require(Data(base64Encoded: png)).write(to: folder.url.appending(path: "png"))
    var hdf5 = HDF5Writer()
    hdf5.add(array, named: "x")
    hdf5.add(labels, named: "group/y", layout: .chunked(rowCount: 2, deflateLevel: 1, shuffling: false))
    try hdf5.write(to: path("hdf5"))
    return ["npy", "npz", "safetensors", "idx", "csv", "png", "hdf5"].map(path)
  }

  @Test func json() async throws {
    let paths = try filesOfEveryFormat()
    let run = try await BatchUpProcess.run(["inspect", "--json", "--values", "3"] + paths)
    #expect(
      run.status == 0 && run.errorLines.count == 1
        && run.errors.hasPrefix("batchup: note: \(path("csv")): read as CSV: "))
    let files = try Report(run).files
    #expect(files.map(\.path) == paths && files.allSatisfy { $0.error == nil })
    #expect(files.map(\.format) == ["npy", "npz", "safetensors", "IDX", "CSV", "JPEG or PNG", "HDF5"])
    var array = Report.Member(
      shape: [4, 2], byteCount: 32, checks: ["size"], firstValues: ["1.0", "nan", "3.0"], nanCount: 1, infiniteCount: 1)
    #expect(files[0].members == [array])
    array.name = "x"
    array.checks = ["header", "offsets"]
    #expect(files[2].members == [array] && files[2].notes == ["key: value"])
    array.storage = "deflated"
    array.checks = ["headers", "CRC-32"]
    var labels = Report.Member(
      name: "y", elementType: "UInt8", shape: [3], byteOrder: nil, storage: "deflated", byteCount: 3,
      checks: ["headers", "CRC-32"], firstValues: ["3", "1", "2"])
    #expect(files[1].members == [array, labels])
    labels.name = nil
    labels.storage = "plain"
    labels.checks = ["size"]
    #expect(files[3].members == [labels])
    #expect(
      files[4].members == [
        Report.Member(
          name: "numbers", elementType: "Double", shape: [2, 2], byteOrder: nil, storage: "text", byteCount: 32,
          notes: ["columns a, b"], checks: ["rows"], firstValues: ["1.0", "2.0", "3.0"], nanCount: 1, infiniteCount: 0),
        Report.Member(
          name: "kind", elementType: "Int32", shape: [2], byteOrder: nil, storage: "text", byteCount: 8,
          notes: ["classes x, y"], checks: ["rows"], firstValues: ["0", "1"]),
      ])
    #expect(files[5].members.map(\.storage) == ["image"] && files[5].members[0].checks == ["decoded"])
    #expect(files[5].members[0].shape == [2, 2])
    #expect(
      files[6].members.map(\.name) == ["/group/y", "/x"] && files[6].members.map(\.storage) == ["chunked", "plain"])
    #expect(files[6].members.map(\.shape) == [[3], [4, 2]] && files[6].members.map(\.byteOrder) == [nil, "little"])
    #expect(files[6].members.map(\.firstValues) == [["3", "1", "2"], ["1.0", "nan", "3.0"]])
  }

  /// An index without a name, as pandas writes it, columns of the same name, and texts that are missing.
  @Test func tables() async throws {
    let path = try folder.write(Array(",a,a\n0,1,x\n1,2,\n".utf8), to: "table")
    let members = try Report(try await BatchUpProcess.run(["inspect", "--json", path])).files[0].members
    #expect(members.map(\.name) == ["numbers", "a.1"] && members.map(\.shape) == [[2, 2], [2]])
    #expect(members.map(\.notes) == [["columns Unnamed: 0, a"], ["classes , x"]])
    #expect(members.map(\.firstValues) == [["0.0", "1.0", "1.0", "2.0"], ["1", "0"]])
  }

  @Test func text() async throws {
    let run = try await BatchUpProcess.run(["inspect"] + filesOfEveryFormat())
    #expect(run.status == 0 && run.errorLines.count == 1)
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "\(path("npy")): npy, 1 member")
    #expect(lines[1] == "  Float, shape [4, 2], little-endian, stored as it is, 32 bytes")
    #expect(lines[2] == "    values 1.0 nan 3.0 -inf 5.0 6.0 …")
    #expect(lines[3] == "    checked: size, 1 NaN, 1 infinite")
    #expect(lines[4] == "" && lines[5] == "\(path("npz")): npz, 2 members")
    #expect(lines.contains("  y: UInt8, shape [3], compressed, 3 bytes"))
    #expect(lines.contains("    values 3 1 2"))
  }

  /// Each bad file is one line and makes the status 1; the others are shown.
  @Test func badFiles() async throws {
    let good = try filesOfEveryFormat()
    let damaged = try folder.write([UInt8](Data(contentsOf: URL(filePath: path("npz"))).dropLast(9)), to: "damaged")
    let unknown = try folder.write([1, 2, 3], to: "unknown")
    let empty = try folder.write([], to: "empty")
    let bad = [damaged, unknown, empty, path("none"), folder.url.path]
    let run = try await BatchUpProcess.run([
      "inspect", "--json", damaged, good[0], unknown, empty, path("none"), folder.url.path,
    ])
    #expect(run.status == 1 && run.errorLines.count == bad.count)
    for (line, path) in zip(run.errorLines, bad) { #expect(line.hasPrefix("batchup: \(path): "), "\(line)") }
    let files = try Report(run).files
    #expect(files.count == 6 && files[1].error == nil && files[1].members.count == 1)
    #expect(files.count { $0.error != nil } == 5)
    let text = try await BatchUpProcess.run(["inspect", damaged, good[0]])
    #expect(text.status == 1 && text.output.contains("Float, shape [4, 2]") && text.errorLines.count == 1)
  }

  /// The broken images of a folder are one line each and make the status 1; the others are counted.
  @Test func folders() async throws {
    _ = try filesOfEveryFormat()
    for (name, bytes) in [("a", Data("text".utf8)), ("b", try Data(contentsOf: URL(filePath: path("png"))))] {
      let subfolder = folder.url.appending(path: "photos/\(name)")
      try FileManager.default.createDirectory(at: subfolder, withIntermediateDirectories: true)
      try bytes.write(to: subfolder.appending(path: "1.png"))
    }
    let run = try await BatchUpProcess.run(["inspect", "--json", path("photos"), path("photos/b")])
    #expect(run.status == 1 && run.errorLines.count == 1 && run.errors.contains("photos/a/1.png: is not a JPEG"))
    let files = try Report(run).files
    #expect(files.map(\.imageCount) == [2, 1] && files.map(\.failures.count) == [1, 0])
    #expect(files[0].notes == ["classes a, b", "checked: decoded, 1 of which cannot be read"] && files[0].error == nil)
    let text = try await BatchUpProcess.run(["inspect", path("photos/b")])
    #expect(text.status == 0 && text.output.hasPrefix("\(path("photos/b")): folder of JPEG and PNG files, 1 image\n"))
  }

  @Test func wrongUse() async throws {
    for arguments in [["inspect"], ["inspect", "--values", "1001", "a"], ["inspect", "--values=-1", "a"]] {
      let run = try await BatchUpProcess.run(arguments)
      #expect(run.status == 64 && run.output.isEmpty)
    }
  }
}
