import Foundation
import Testing

@Suite struct BenchCommandTests {
  /// What the file of `--json` holds.
  private struct Results: Decodable {
    struct Machine: Decodable {
      let processor: String
      let cores: Int
      let memoryGigabytes: Int
      let isa: String
      let compiler: String
      let revision: String
    }

    struct Result: Decodable {
      let name: String
      let unit: String
      let median: Double
      let min: Double
      let max: Double
      let samples: Int
      let limit: Double?
      let limitName: String?
      let ofLimit: Double?
    }

    let machine: Machine
    let results: [Result]
  }

  @Test func namesAreListedAndStable() async throws {
    let run = try await BatchUpProcess.run(["bench", "--list", "--threads", "2"])
    let names = run.output.split(separator: "\n").map(String.init)
    #expect(run.status == 0)
    #expect(Set(names).count == names.count)
    for name in [
      "gather/rows-3072/dram", "gather/rows-64/dram/memcpy-loop", "gather/rows-64/dram/threads-2", "permute/1e6",
      "permute-numpy/1e7", "constant-order/1e7", "draw/1e6", "draw/1e6/batch-64", "mean/f32/1e7",
      "softmax-cross-entropy/100000x10", "epoch/mnist-f32/256",
      "files/open/1-GiB", "files/mapped/mnist-f32", "files/mapped-in-blocks/tabular-f32x16",
      "images/jpeg-500x375/native/workers-2", "images/jpeg-500x375/224/plain-libjpeg",
    ] {
      #expect(names.contains(name))
    }
  }

  @Test(arguments: ["permute/1e3", "generate/philox/l1", "draw/1e3"])
  func resultsAreWrittenWithTheirLimits(pattern: String) async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try await BatchUpProcess.run(
      ["bench", "--filter", pattern, "--seconds", "0.001", "--threads", "1", "--json", file.path])
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)

    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let report = try decoder.decode(Results.self, from: Data(contentsOf: file))
    #expect(report.machine.cores > 0)
    #expect(report.results.contains { $0.name.contains(pattern) })
    for result in report.results {
      #expect(result.min <= result.median && result.median <= result.max)
      #expect(result.min > 0)
      #expect(result.samples >= 5)
      #expect((result.limit == nil) == (result.limitName == nil))
      #expect((result.limit == nil) == (result.ofLimit == nil))
      #expect(result.limitName.map { name in report.results.contains { $0.name == name } } ?? true)
      #expect(run.output.contains(result.name))
    }
  }

  @Test func anInstructionSetCanBeChosen() async throws {
    let run = try await BatchUpProcess.run(["bench", "--list", "--isa", "scalar"])
    #expect(run.status == 0)
    let measured = try await BatchUpProcess.run(
      ["bench", "--filter", "generate/philox/l1", "--seconds", "0.001", "--isa", "scalar"])
    #expect(measured.output.contains(", scalar, "))
  }

  @Test(arguments: [
    (["--seconds", "0"], "--seconds is more than 0 and at most 3600, not 0.0"),
    (["--seconds", "nan"], "--seconds is more than 0 and at most 3600, not nan"),
    (["--threads", "0"], "--threads is from 1 to 1024, not 0"),
  ])
  func wrongValues(options: [String], message: String) async throws {
    let run = try await BatchUpProcess.run(["bench"] + options)
    #expect(run.status == 64)
    #expect(run.errorLines.first ?? "" == "batchup: \(message)")
  }

  @Test func anUnknownInstructionSet() async throws {
    let run = try await BatchUpProcess.run(["bench", "--isa", "mmx"])
    #expect(run.status == 64)
    #expect(run.errorLines.first?.hasPrefix("batchup: --isa is one of scalar") == true)
  }

  @Test func whatCannotBeMeasuredOrWritten() async throws {
    let nothing = try await BatchUpProcess.run(["bench", "--filter", "no such benchmark"])
    #expect(nothing.status == 1)
    #expect(nothing.errorLines.count == 1)
    let unwritable = try await BatchUpProcess.run(
      ["bench", "--filter", "generate/philox", "--seconds", "0.001", "--json", "/nonexistent/results.json"])
    #expect(unwritable.status == 1)
    #expect(unwritable.errorLines.count == 1)
    #expect(unwritable.errors.contains("/nonexistent/results.json"))
  }
}
