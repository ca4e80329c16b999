import BatchUp
import BatchUpFiles
import Foundation
import TestSupport
import Testing

@Suite struct ConvertCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appending(path: name).path }

  private func convert(_ arguments: String...) async throws -> BatchUpProcess {
    try await BatchUpProcess.run(["convert"] + arguments)
  }

  private func npz() throws -> String {
    var writer = NPZWriter()
    writer.add(NDArray<Float>([1, 2.5, -3, 4], shape: [2, 2]), named: "x")
    writer.add(NDArray<Int32>([7, 300]), named: "y")
    try writer.write(to: path("in"))
    return path("in")
  }

  @Test func betweenFormats() async throws {
    let input = try npz()
    for (from, to) in [
      (input, path("a.safetensors")), (path("a.safetensors"), path("b.NPZ")), (path("b.NPZ"), path("c.npz")),
    ] {
      let run = try await convert(from, to)
      #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty)
    }
    let file = try NPZFile(path: path("c.npz"))
    #expect(try file.array(named: "x", of: Float.self) == NDArray([1, 2.5, -3, 4], shape: [2, 2]))
    #expect(try file.array(named: "y", of: Int32.self) == NDArray([7, 300]))
    #expect(file.members.allSatisfy { $0.storage == .stored })
    #expect(try await convert(input, path("d.npz"), "--compress").status == 0)
    #expect(try NPZFile(path: path("d.npz")).members.allSatisfy { $0.storage == .deflated })
    #expect(try await convert(input, path("y.npy"), "--dataset", "y", "--to", "float64").status == 0)
    #expect(try NDArray<Double>(npyFile: path("y.npy")) == NDArray([7, 300]))
  }

  @Test func hdf5() async throws {
    let input = try npz()
    #expect(try await convert(input, path("a.h5")).status == 0)
    #expect(try await convert(path("a.h5"), path("b.h5"), "--compress").status == 0)
    for (name, isMapped) in [("a.h5", true), ("b.h5", false)] {
      let file = try HDF5File(path: path(name))
      #expect(try file.array(named: "/x", of: Float.self) == NDArray([1, 2.5, -3, 4], shape: [2, 2]))
      #expect(try file.array(named: "/y", of: Int32.self) == NDArray([7, 300]))
      #expect(file.datasets.allSatisfy { if case .contiguous = $0.storage { isMapped } else { !isMapped } })
    }
    #expect(try await convert(path("b.h5"), path("y.npy"), "--dataset", "/y").status == 0)
    #expect(try NDArray<Int32>(npyFile: path("y.npy")) == NDArray([7, 300]))
  }

  @Test func otherInputs() async throws {
    let idx = try folder.write(IDXFixtures.file(shape: [2, 2], [1, 2, 3, 4]), to: "images")
    #expect(try await convert(idx, path("images.npy")).status == 0)
    #expect(try NDArray<UInt8>(npyFile: path("images.npy")) == NDArray([1, 2, 3, 4], shape: [2, 2]))
    let csv = try folder.write(Array("1,2\n3,4\n".utf8), to: "table")
    #expect(try await convert(csv, path("table.npy"), "--to", "int8").status == 0)
    #expect(try NDArray<Int8>(npyFile: path("table.npy")) == NDArray([1, 2, 3, 4], shape: [2, 2]))
    let bare = try folder.write([9, 1, 2, 3, 4, 5], to: "bare")
    #expect(
      try await convert(bare, path("bare.npy"), "--shape", "2,1", "--type", "uint16", "--offset", "1", "--big-endian")
        .status == 0)
    #expect(try NDArray<UInt16>(npyFile: path("bare.npy")) == NDArray([258, 772], shape: [2, 1]))
    #expect(try await convert(bare, path("little.npz"), "--shape", "3", "--type", "uint16").status == 0)
    let little = try NPZFile(path: path("little.npz"))
    #expect(try little.array(named: "array", of: UInt16.self) == NDArray([265, 770, 1284]))
  }

  /// Numbers of a CSV file become elements without a detour over Double.
  @Test func integersOfTables() async throws {
    let run = try await convert(caseFile("big_integers.csv"), path("a.npy"), "--to", "int64")
    #expect(run.status == 0 && run.errorLines.count == 1 && run.errors.contains("the first row is a header"))
    #expect(try NDArray<Int64>(npyFile: path("a.npy")).scalars == [9_007_199_254_740_993, 9_007_199_254_740_995])
    #expect(try await convert(caseFile("big_integers.csv"), path("b.npy")).status == 0)
    #expect(try NDArray<Int64>(npyFile: path("b.npy")).scalars == [9_007_199_254_740_993, 9_007_199_254_740_995])
    let table = try folder.write(Array("a,b\n1.0,2.5\n3e2,?\n".utf8), to: "table")
    #expect(try await convert(table, path("c.npy"), "--dataset", "a", "--to", "uint16").status == 0)
    #expect(try NDArray<UInt16>(npyFile: path("c.npy")) == NDArray([1, 300]))
    let fraction = try await convert(table, path("d.npy"), "--to", "int8")
    #expect(fraction.status == 1 && fraction.errors.contains("line 2, column \"b\": \"2.5\" is no Int8"))
    let gap = try await convert(table, path("d.npy"), "--missing", "3e2", "--dataset", "a", "--to", "int8")
    #expect(gap.status == 1 && gap.errors.contains("line 3, column \"a\": the value is missing, which is no Int8"))
  }

  @Test func tablesAsSaid() async throws {
    let table = try folder.write(Array("a;b\n1,5;-999\n".utf8), to: "table")
    let options = ["--no-header", "--missing", "-999", "--separator", ";", "--decimal", ".", "--force"]
    let run = try await BatchUpProcess.run(["convert", table, path("a.npz")] + options)
    #expect(run.status == 0 && run.errors.contains("no header; separator \";\"; decimal \".\""), "\(run.errors)")
    #expect(try NPZFile(path: path("a.npz")).members.map(\.name) == ["column 0", "column 1"])
    let names = try await convert(caseFile("duplicate_text.csv"), path("b.npz"))
    #expect(names.status == 0)
    #expect(Set(try NPZFile(path: path("b.npz")).members.map(\.name)) == ["numbers", "a", "a.1"])
    let reserved = try folder.write(Array("numbers,x\na,1\nb,2\n".utf8), to: "reserved")
    #expect(try await convert(reserved, path("c.npz")).status == 0)
    #expect(Set(try NPZFile(path: path("c.npz")).members.map(\.name)) == ["numbers", "numbers.1"])
  }

  @Test func compressedAndOddTables() async throws {
    #expect(try await convert(caseFile("table.csv.gz"), path("a.npy")).status == 0)
    #expect(try NDArray<Double>(npyFile: path("a.npy")) == NDArray([1, 2], shape: [1, 2]))
    #expect(try await convert(caseFile("control_character.csv"), path("b.npz")).status == 0)
    #expect(try NPZFile(path: path("b.npz")).array(named: "a", of: Int32.self).scalars == [0])
  }

  /// What is no array of numbers is left out, and said.
  @Test(arguments: [("mixed.npz", "x", "names"), ("mixed.h5", "/x", "/names"), ("mixed.mat", "X", "name")])
  func textsBesideNumbers(file: String, name: String, text: String) async throws {
    let run = try await convert(caseFile(file), path("a.npz"))
    #expect(run.status == 0 && run.errorLines.count == 1)
    #expect(run.errors.contains("\(file): left out: \"\(text)\" "), "\(run.errors)")
    #expect(try NPZFile(path: path("a.npz")).members.map(\.name) == [name])
    let alone = try await convert(caseFile(file), path("b.npz"), "--dataset", text)
    #expect(alone.status == 1 && alone.errors.contains("\"\(text)\" "))
  }

  /// What goes wrong is one line that names the file, and leaves no file behind.
  @Test func errors() async throws {
    let input = try npz()
    let bare = try folder.write([1, 2, 3], to: "bare")
    let cases: [(arguments: [String], text: String)] = [
      ([input, path("out.npy")], "an .npy file has one array, not 2; choose one with --dataset: x, y"),
      ([input, path("out.npz"), "--dataset", "z"], "in: has no array \"z\""),
      ([input, path("out.npz"), "--to", "uint8"], "in: element 2.5 of \"x\", at position 1, is no UInt8"),
      ([input, path("out.npz"), "--dataset", "y", "--to", "int8"], "element 300 of \"y\", at position 1, is no Int8"),
      ([path("none"), path("out.npz")], "none: cannot be opened"),
      ([bare, path("out.npz")], "bare: starts with [1, 2, 3]"),
      ([bare, path("out.npz"), "--shape", "4", "--type", "uint8"], "bare: has 3 bytes"),
      ([bare, path("out.npz"), "--shape", "4611686018427387904,4", "--type", "uint8"], "bare: "),
      ([input, path("none/out.npz")], "none/out.npz: cannot be written"),
    ]
    for (arguments, text) in cases {
      let run = try await BatchUpProcess.run(["convert"] + arguments)
      #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1, "\(arguments) \(run.errors)")
      #expect(run.errors.hasPrefix("batchup: ") && run.errors.contains(text), "\(run.errors)")
    }
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.url.path)) == ["in", "bare"])
  }

  @Test func filesThatExist() async throws {
    let input = try npz()
    let output = try folder.write([1, 2, 3], to: "out.npz")
    let refused = try await convert(input, output)
    #expect(refused.status == 1 && refused.errors.contains("exists already; give --force"))
    #expect(try [UInt8](Data(contentsOf: URL(filePath: output))) == [1, 2, 3])
    #expect(try await convert(input, output, "--force").status == 0)
    #expect(try NPZFile(path: output).members.count == 2)
    // Over the input itself, which is read before.
    #expect(try await convert(output, output, "--force", "--compress").status == 0)
    #expect(try NPZFile(path: output).array(named: "y", of: Int32.self).scalars == [7, 300])
  }

  @Test(arguments: [
    (["a", "b.txt"], "b.txt: its name ends with none of .npy, .npz, .safetensors, .h5"),
    (["a", "b.npy", "--shape", "1"], "--shape and --type go together: give both, or neither"),
    (["a", "b.npy", "--offset", "1"], "--offset and --big-endian go with --shape and --type"),
    (
      ["a", "b.npy", "--shape", "1,x", "--type", "int8"],
      "--shape is a list of lengths such as 1000,28,28, and \"x\" is none"
    ),
    (
      ["a", "b.npy", "--shape", "1,", "--type", "int8"],
      "--shape is a list of lengths such as 1000,28,28, and \"\" is none"
    ),
    (["a", "b.npy", "--shape", "1", "--type", "int8", "--offset=-1"], "--offset is at least 0, not -1"),
    (["a", "b.npy", "--compress"], "--compress goes with an .npz or .h5 file"),
  ])
  func wrongOptions(options: [String], message: String) async throws {
    let run = try await BatchUpProcess.run(["convert"] + options)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errorLines.first ?? "" == "batchup: \(message)")
  }

  @Test func everyPathToAnHDF5Dataset() async throws {
    for name in ["/latest", "/a/x", "/b/x"] {
      #expect(
        try await convert(caseFile("links.h5"), path("x.npy"), "--dataset", name, "--force").status == 0, "\(name)")
      #expect(try NDArray<Int32>(npyFile: path("x.npy")).scalars == [0, 1, 2, 3, 4])
    }
    #expect(try await convert(caseFile("userblock1024.h5"), path("y.npy")).status == 0)
    #expect(try await convert(caseFile("userblock8192.h5"), path("y.npy"), "--force").status == 0)
    #expect(try NDArray<Float>(npyFile: path("y.npy")).scalars == (0..<10).map(Float.init))
  }

  @Test func numbersBeyondTheLargestAreRefused() async throws {
    try NDArray<Int32>([1, 70_000, -70_000]).write(npyFile: path("large.npy"))
    try NDArray<UInt64>([.max]).write(npyFile: path("huge.npy"))
    try NDArray<Int32>([1, 65_504, -65_504]).write(npyFile: path("fits.npy"))
    let run = try await convert(path("large.npy"), path("o.npy"), "--to", "float16")
    #expect(run.status == 1 && run.errors.contains("element 70000 of \"array\", at position 1, is no Float16"))
    #expect(try await convert(path("huge.npy"), path("o.npy"), "--to", "float16").status == 1)
    #expect(try await convert(path("fits.npy"), path("o.npy"), "--to", "float16").status == 0)
    #expect(try await convert(path("huge.npy"), path("p.npy"), "--to", "float32").status == 0)
  }

  @Test func aNameThatIsNotThereIsOneError() async throws {
    let csv = try folder.write(Array("a,b\n1,2\n".utf8), to: "two columns")
    let run = try await convert(csv, path("o.npy"), "--dataset", "zz")
    #expect(run.status == 1 && run.errors.contains("has no array \"zz\""), "\(run.errors)")
    #expect(run.errors.components(separatedBy: "read as CSV").count == 2, "\(run.errors)")
  }

  @Test func whatHindersReadingIsSaid() async throws {
    for (file, name, text) in [
      ("unknown_filter.h5", "/x", "needs the filter lz4"), ("elsewhere.h5", "/virtual", "it is virtual"),
      ("elsewhere.h5", "/external", "it is in other files"), ("broken_links.h5", "/other", "in the file \"other.h5\""),
      ("broken_links.h5", "/gone", "there is no data set \"/b/y\""), ("links.h5", "/c", "has no array \"/c\""),
    ] {
      let run = try await convert(caseFile(file), path("out.npy"), "--dataset", name)
      #expect(run.status == 1 && run.errors.contains(text), "\(run.errors)")
    }
  }
}
