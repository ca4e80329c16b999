import Foundation
import Testing

/// Limits of memory at which OpenBLAS would try for ever to get its buffers.
@Suite struct MemoryLimitTests {
  private let files: DigitFiles

  init() throws { files = try DigitFiles() }

  #if os(Linux)
    /// In KiB: from what the program needs to start, to what its work needs. With two threads OpenBLAS takes two buffers.
    @Test(arguments: [1, 2])
    func openBLASNeverHangsForMemory(threadCount: Int) async throws {
      let model = files.folder.url.appending(path: "model").path
      let data = ["--images", files.images, "--labels", files.labels]
      let training = ["train", "--hidden", "4", "--epochs", "1"] + data
      let saved = try await BatchUpProcess.run(training + ["--save", model])
      #expect(saved.status == 0, "\(saved.errors)")
      let prediction = ["predict", "--model", model, "--output", model + ".npy"] + data
      var shortCount = 0
      for limit in stride(from: 240_000, through: 640_000, by: 40_000) {
        for arguments in [training, prediction, ["--version"]] {
          let run = try await run(arguments, limit: limit, threadCount: threadCount)
          if run.status == 0 { continue }
          // Where OpenBLAS has its buffers and nothing is left beside them, the Swift runtime itself crashes.
          if run.status > 1, ![SIGKILL, 128 + SIGKILL].contains(run.status) { continue }
          shortCount += 1
          #expect(run.status == 1, "\(limit) KiB: \(arguments)")
          #expect(run.errorLines.count == 1, "\(limit) KiB: \(run.errors)")
          #expect(run.errors.hasPrefix("batchup: OpenBLAS: too little memory for "), "\(limit) KiB: \(run.errors)")
        }
      }
      #expect(shortCount > 0)
      for arguments in [training, prediction, ["--version"]] {
        #expect(try await run(arguments, limit: 1 << 20, threadCount: threadCount).status == 0)
      }
    }

    /// Killed where it does not end by itself.
    private func run(_ arguments: [String], limit: Int, threadCount: Int) async throws -> BatchUpProcess {
      let arguments = arguments.map { "'\($0)'" }.joined(separator: " ")
      return try await BatchUpProcess.runShell(
        "ulimit -v \(limit); exec timeout -s KILL 240 \"$BATCHUP\" \(arguments)",
        environment: ["OPENBLAS_NUM_THREADS": "\(threadCount)"])
    }
  #endif
}
