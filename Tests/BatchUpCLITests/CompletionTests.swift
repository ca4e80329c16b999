import Foundation
import Testing

@testable import BatchUpCLI

/// `batchup --generate-completion-script`
@Suite struct CompletionTests {
  private func script(for shell: String) async throws -> String {
    let run = try await BatchUpProcess.run(["--generate-completion-script", shell])
    #expect(run.status == 0 && run.errors.isEmpty)
    return run.output
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func theShellTakesTheScript(shell: String) async throws {
    let folder = try TemporaryFolder()
    let script = try await script(for: shell)
    let path = try folder.write(Array(script.utf8), to: "script")
    // Where there is such a shell.
    let check = try await BatchUpProcess.runShell("! command -v \(shell) >/dev/null || \(shell) -n '\(path)'")
    #expect(check.status == 0 && check.errors.isEmpty, "\(check.errors)")
    for command in ToolCommand.all {
      #expect(command.words.allSatisfy { script.contains($0) }, "\(command.testDescription)")
    }
  }

  @Test func anotherShellIsWrongUse() async throws {
    let run = try await BatchUpProcess.run(["--generate-completion-script", "csh"])
    #expect(run.status != 0 && run.output.isEmpty && run.errors.hasPrefix("batchup: "))
  }

  /// What bash offers at the end of a line, in a folder with a file of each kind.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash")),
    arguments: [
      ("da", ["datasets"]), ("datasets ", ["fetch", "list", "path", "remove", "verify"]),
      ("datasets fetch mn", ["mnist"]), ("train --dataset cifar", ["cifar10", "cifar100"]),
      ("train --images ", ["a.json", "a.npy", "a.png", "a.safetensors", "folder"]),
      ("train --save ", ["a.safetensors", "folder"]), ("predict --model ", ["a.safetensors", "folder"]),
      ("predict --output ", ["a.npy", "folder"]), ("view --output ", ["a.png", "folder"]),
      ("epoch ", ["a.npy", "folder"]), ("bench --json ", ["a.json", "folder"]), ("bench --isa sc", ["scalar"]),
      ("bench --filter generate/ph", ["generate/philox/l1"]),
      ("convert a.npy b.npz --to float", ["float16", "float32", "float64"]),
      ("convert a.npy ", ["a.npy", "a.safetensors", "folder"]), ("datasets list --data-folder ", ["folder"]),
      ("datasets fetch mnist --from ", ["folder"]), ("stats --per-", ["--per-channel", "--per-column"]),
    ])
  func whatBashOffers(line: String, offers: [String]) async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(try await script(for: "bash").utf8), to: "script")
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "files/folder"), withIntermediateDirectories: true)
    for ending in ["json", "npy", "png", "safetensors"] { _ = try folder.write([], to: "files/a.\(ending)") }
    let program = """
      source '\(path)'; cd '\(folder.url.path)/files'
      batchup() { "$BATCHUP" "$@"; }
      compopt() { :; }
      COMP_LINE='batchup \(line)' COMP_POINT=${#COMP_LINE}
      COMP_WORDS=(batchup \(line)) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      if [[ $COMP_LINE == *' ' ]]; then COMP_CWORD=$((COMP_CWORD + 1)); COMP_WORDS+=(''); fi
      _batchup batchup "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let file = try folder.write(Array(program.utf8), to: "program")
    let run = try await BatchUpProcess.runShell("bash '\(file)'")
    let words = Set(run.output.split(whereSeparator: \.isNewline).map(String.init))
    // Options are offered, too, where an argument may come.
    let found = words.filter { !$0.hasPrefix("-") || line.hasSuffix("--per-") }
    #expect(found.sorted() == offers, "\(run.errors)")
  }
}
