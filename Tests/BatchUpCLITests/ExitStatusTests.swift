import Foundation
import Testing

@testable import BatchUpCLI

/// 0 for success; 64 for wrong arguments; 1, and one line on standard error, where the work fails; of all commands.
@Suite struct ExitStatusTests {
  private static let wrongLines = [
    "nosuch", "--nosuch", "train --epochs 0", "train extra", "train --seed x", "predict", "predict --model m",
    "stats", "stats --per-channel --per-column f", "view f", "view f --output s.png --count 0", "inspect",
    "inspect --values -1 f", "convert f", "convert f g", "convert f g.npy --to nosuch", "datasets nosuch",
    "datasets list extra", "datasets fetch", "datasets fetch nosuch", "datasets path", "datasets path mnist usps",
    "datasets verify nosuch", "datasets remove", "bench --isa nosuch", "bench --seconds 0", "epoch",
    "epoch --batch-size 0 f", "help --nosuch",
  ]

  private static let failingLines = [
    "train --images none --labels none", "train --save none/x", "train --checkpoint none/x",
    "train --validation-count 20000", "train --dataset mnist --data-folder /dev/null",
    "predict --model none --images i --output o", "stats none", "stats empty", "stats none.npy",
    "view none --output s.png", "view empty --output s.png", "inspect none", "inspect empty", "inspect --json none",
    "convert none x.npy", "convert empty x.npy", "convert empty there.npy",
    "convert empty none/x.npy --shape 0 --type uint8", "datasets fetch mnist --offline --data-folder data",
    "datasets fetch mnist --from none --data-folder data", "datasets path mnist --data-folder data",
    "datasets verify mnist --data-folder data", "datasets remove mnist --data-folder /dev/null",
    "bench --filter nosuch", "bench --filter limit/copy/l1 --json none/x", "epoch none.npy", "epoch empty",
    "stats two\nlines", "inspect two\nlines", "convert two\nlines x.npy",
  ]

  private static let goodLines = [
    "", "--help", "--version", "help", "help train", "datasets", "help datasets fetch", "datasets fetch --help",
    "datasets list --data-folder data", "datasets verify --data-folder data",
    "datasets remove mnist --data-folder data", "bench --list", "--generate-completion-script fish",
  ]

  private func run(_ line: String) async throws -> BatchUpProcess {
    let folder = try TemporaryFolder()
    for name in ["empty", "there.npy"] { _ = try folder.write([], to: name) }
    let arguments = line.split(separator: " ").map { "'\($0)'" }.joined(separator: " ")
    return try await BatchUpProcess.runShell("cd '\(folder.url.path)'; exec \"$BATCHUP\" \(arguments)")
  }

  @Test(arguments: wrongLines) func wrongArguments(line: String) async throws {
    let run = try await run(line)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.hasPrefix("batchup: ") && run.errors.contains("\nUsage: batchup"), "\(run.errors)")
  }

  @Test(arguments: failingLines) func failures(line: String) async throws {
    let run = try await run(line)
    #expect(run.status == 1, "\(run.status)")
    #expect(run.errorLines.count == 1 && run.errors.hasPrefix("batchup: "), "\(run.errors)")
    #expect(run.output.isEmpty || line.contains("--json none"), "\(run.output)")
  }

  @Test(arguments: goodLines) func successes(line: String) async throws {
    let run = try await run(line)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
  }
}
