import BatchUp
import Foundation
import Testing

@Suite struct StatsCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// What `batchup stats --json` writes, by the names that its help documents.
  private struct Report: Decodable {
    let files: [File]

    struct File: Decodable {
      let path: String
      let elementType: String
      let shape: [Int]
      let axis: String
      let channelAxis: Int?
      let channels: [Channel]
    }

    struct Channel: Decodable, Equatable {
      let count: Int
      let mean: Double?
      let standardDeviation: Double?
      let minimum: Double?
      let maximum: Double?
    }

    init(_ run: BatchUpProcess) throws {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      self = try decoder.decode(Report.self, from: Data(run.output.utf8))
    }
  }

  /// 2 samples of 3 channels of 2 bytes.
  private func bytes() throws -> String {
    try folder.write(IDXFixtures.file(shape: [2, 3, 2], [1, 3, 0, 0, 9, 9, 5, 7, 255, 255, 9, 9]), to: "bytes.idx")
  }

  @Test func tables() async throws {
    let run = try await BatchUpProcess.run(["stats", bytes()])
    #expect(run.status == 0 && run.errors.isEmpty)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasSuffix("bytes.idx: UInt8, shape [2, 3, 2], statistics of all elements"))
    #expect(lines[1].split(separator: " ") == ["channel", "count", "mean", "deviation", "minimum", "maximum"])
    #expect(lines[2].split(separator: " ").prefix(3) == ["all", "12", "46.833332"])

    let perChannel = try await BatchUpProcess.run(["stats", "--per-channel", bytes()])
    let rows = perChannel.output.split(separator: "\n").dropFirst(2).map { $0.split(separator: " ") }
    #expect(
      rows == [
        ["0", "4", "4.0", "2.236068", "1.0", "7.0"], ["1", "4", "127.5", "127.5", "0.0", "255.0"],
        ["2", "4", "9.0", "0.0", "9.0", "9.0"],
      ])
    let perColumn = try await BatchUpProcess.run(["stats", "--per-column", bytes(), bytes()])
    let tables = perColumn.output.split(separator: "\n", omittingEmptySubsequences: false)
    // Two tables of a heading, names and six places, an empty line between them, and nothing behind the last newline.
    #expect(tables.count == 18)
    #expect(tables[8].isEmpty && tables[17].isEmpty)
  }

  @Test func json() async throws {
    let path = try bytes()
    let run = try await BatchUpProcess.run(["stats", "--json", "--per-channel", path, path])
    #expect(run.status == 0 && run.errors.isEmpty)
    let report = try Report(run)
    #expect(report.files.count == 2)
    let file = try #require(report.files.first)
    #expect(file.path == path && file.elementType == "UInt8" && file.shape == [2, 3, 2])
    #expect(file.axis == "per_channel" && file.channelAxis == 1)
    #expect(file.channels[0] == .init(count: 4, mean: 4, standardDeviation: 5.0.squareRoot(), minimum: 1, maximum: 7))
    #expect(file.channels[2] == .init(count: 4, mean: 9, standardDeviation: 0, minimum: 9, maximum: 9))

    let last = try Report(await BatchUpProcess.run(["stats", "--json", "--per-channel", "--channel-axis", "2", path]))
    #expect(last.files[0].channelAxis == 2 && last.files[0].channels.count == 2)
    let overall = try await BatchUpProcess.run(["stats", "--json", path])
    #expect(overall.output.contains(#""channel_axis" : null"#) && overall.output.contains(#""axis" : "overall""#))
  }

  /// The same numbers in every element type; then those that JSON has no numbers for.
  @Test func elementTypes() async throws {
    let numbers: [Int8] = [-3, 1, 100, 2]
    func file<Scalar: FixedWidthInteger>(_ type: UInt8, _ scalars: [Scalar]) throws -> String {
      let data = scalars.flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
      return try folder.write(IDXFixtures.file(type: type, shape: [4], data), to: "\(type).idx")
    }
    let paths = try [
      file(0x09, numbers), file(0x0B, numbers.map { Int16($0) }), file(0x0C, numbers.map { Int32($0) }),
      file(0x0D, numbers.map { Float($0).bitPattern }), file(0x0E, numbers.map { Double($0).bitPattern }),
    ]
    let report = try Report(await BatchUpProcess.run(["stats", "--json"] + paths))
    #expect(report.files.map(\.elementType) == ["Int8", "Int16", "Int32", "Float", "Double"])
    #expect(report.files.allSatisfy { $0.channels == report.files[0].channels })
    #expect(report.files[0].channels[0].mean == 25 && report.files[0].channels[0].minimum == -3)

    let infinite = try file(0x0D, [1, 2, .infinity, 4].map { ($0 as Float).bitPattern })
    let run = try await BatchUpProcess.run(["stats", "--json", infinite])
    let expected = Report.Channel(count: 4, mean: nil, standardDeviation: nil, minimum: 1, maximum: nil)
    #expect(try Report(run).files[0].channels == [expected])
    #expect(run.output.contains(#""mean" : null"#))
    let table = try await BatchUpProcess.run(["stats", infinite])
    #expect(table.output.contains("nan") && table.output.contains("inf"))
  }

  @Test func singleNumbers() async throws {
    let paths = ["int.npy", "byte.npy", "float.npy"].map { folder.url.appending(path: $0).path }
    try NDArray<Int32>([5], shape: []).write(npyFile: paths[0])
    try NDArray<UInt8>([5], shape: []).write(npyFile: paths[1])
    try NDArray<Float>([5], shape: []).write(npyFile: paths[2])
    let report = try Report(await BatchUpProcess.run(["stats", "--json"] + paths))
    let expected = Report.Channel(count: 1, mean: 5, standardDeviation: 0, minimum: 5, maximum: 5)
    for file in report.files { #expect(file.shape.isEmpty && file.channels == [expected]) }
    for path in paths {
      let run = try await BatchUpProcess.run(["stats", "--per-channel", path])
      #expect(run.status == 1 && run.errorLines.count == 1 && run.errors.contains("no axis"), "\(run.errors)")
    }
  }

  @Test func filesWithoutStatistics() async throws {
    let empty = try folder.write(IDXFixtures.file(shape: [0, 4], []), to: "empty.idx")
    let truncated = try folder.write(IDXFixtures.file(shape: [3, 4], [1, 2]), to: "truncated.idx")
    let table = try folder.write(Array("a,b\n".utf8), to: "table.csv")
    let cases: [(arguments: [String], naming: [String])] = [
      ([table], ["table.csv", "neither an .npy nor an IDX file", "batchup convert"]),
      ([empty], ["empty.idx", "no elements"]), ([truncated], ["truncated.idx", "ends in its data"]),
      ([folder.url.path + "/none.idx"], ["none.idx"]),
      (["--per-channel", "--channel-axis", "3", try bytes()], ["bytes.idx", "no axis 3", "[2, 3, 2]"]),
      (["--json", try bytes(), truncated], ["truncated.idx"]),
    ]
    for (arguments, naming) in cases {
      let run = try await BatchUpProcess.run(["stats"] + arguments)
      #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1)
      for text in naming { #expect(run.errors.contains(text), "\(arguments)") }
      #expect(run.errors.hasPrefix("batchup: "))
    }
  }

  @Test(arguments: [
    (["--per-channel", "--per-column", "a"], "--per-channel and --per-column exclude each other"),
    (["--channel-axis", "1", "a"], "--channel-axis goes with --per-channel"),
    (["--per-channel", "--channel-axis=-1", "a"], "--channel-axis is at least 0, not -1"),
  ])
  func wrongOptions(options: [String], message: String) async throws {
    let run = try await BatchUpProcess.run(["stats"] + options)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errorLines.first ?? "" == "batchup: \(message)")
  }

  @Test func noFiles() async throws {
    let run = try await BatchUpProcess.run(["stats"])
    #expect(run.status == 64 && run.output.isEmpty)
  }
}
