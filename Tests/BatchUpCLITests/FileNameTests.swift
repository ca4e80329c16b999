import BatchUp
import BatchUpImages
import Foundation
import Testing

@testable import BatchUpCLI

#if os(Linux)
  /// Files whose names are not UTF-8, which Darwin's file systems refuse.
  @Suite struct FileNameTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Runs commands in the folder; `$e` is a byte that is not UTF-8.
    private func run(_ script: String) async throws -> BatchUpProcess {
      try await BatchUpProcess.runShell(
        "set -e; cd \"$FOLDER\"; e=$(printf '\\351'); \(script)", environment: ["FOLDER": folder.url.path])
    }

    /// - Parameter name: a byte for each scalar.
    private func path(_ name: String) -> String { folder.url.path + "/" + String(pathBytes: Self.bytes(name)) }

    private static func bytes(_ name: String) -> [UInt8] { name.unicodeScalars.map { UInt8($0.value) } }

    @Test func everyCommandTakesThem() async throws {
      let images = NDArray<UInt8>((0..<4 * 784).map { UInt8($0 % 251) }, shape: [4, 28, 28])
      try images.write(npyFile: path("caf\u{E9}.npy"))
      let model = Classifier(inputShape: [28, 28], hiddenCount: 4, classCount: 10, seed: 3)
      try model.write(safetensors: path("mod\u{E9}l"))
      let run = try await run(
        """
        for out in npz h5 safetensors npy; do
          "$BATCHUP" convert "caf$e.npy" "out$e.$out"
          "$BATCHUP" inspect "out$e.$out" > /dev/null
        done
        "$BATCHUP" predict --model "mod${e}l" --images "caf$e.npy" --output "scores$e.npy" > /dev/null
        "$BATCHUP" view "caf$e.npy" --output "sheet$e.png" > /dev/null
        "$BATCHUP" inspect "sheet$e.png" > /dev/null
        "$BATCHUP" bench --filter gather/rows-4/l1 --seconds 0.001 --json "bench$e.json" > /dev/null
        for i in 1 2; do "$BATCHUP" train --epochs $i --checkpoint "check$e" --save "save$e" > /dev/null; done
        cmp "caf$e.npy" "out$e.npy"
        ls | LC_ALL=C od -An -tx1 -v | tr -d ' \n'
        """)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      let names = [
        "bench\u{E9}.json", "caf\u{E9}.npy", "check\u{E9}", "mod\u{E9}l", "out\u{E9}.h5", "out\u{E9}.npy",
        "out\u{E9}.npz",
        "out\u{E9}.safetensors", "save\u{E9}", "scores\u{E9}.npy", "sheet\u{E9}.png",
      ]
      let found = stride(from: 0, to: run.output.utf8.count - 1, by: 2).map { place in
        UInt8(run.output.dropFirst(place).prefix(2), radix: 16) ?? 0
      }
      #expect(Set(found.split(separator: 10).map(Array.init)) == Set(names.map(Self.bytes)))
    }

    @Test func messagesHaveTheBytesOfTheName() async throws {
      let hex = "2>&1 || true; } | LC_ALL=C od -An -tx1 -v | tr -d ' \\n'"
      let missing = try await run("{ \"$BATCHUP\" inspect \"caf$e.npy\" \(hex)")
      #expect(missing.output.contains("636166e92e6e7079"))  // caf\xe9.npy
      let json = try await run("\"$BATCHUP\" inspect --json \"caf$e.npy\" 2> /dev/null || true")
      #expect(json.output.contains("caf\\udbfd\\udfe9.npy"))
      struct Report: Decodable {
        struct File: Decodable { let path: String }
        let files: [File]
      }
      let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
      #expect(report.files.map(\.path.pathBytes) == [[0x63, 0x61, 0x66, 0xE9] + Array(".npy".utf8)])
    }

    @Test func foldersOfImages() async throws {
      try writePicture()
      let run = try await run(
        """
        mkdir -p "images/class$e"
        cp picture.png "images/class$e/a$e.png"
        "$BATCHUP" view "images" --output sheet.png | LC_ALL=C od -An -tx1 -v | tr -d ' \n'
        """)
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      #expect(run.output.hasSuffix("3020636c617373e90a"))  // 0 class\xe9
    }

    /// A PNG file, as `view` writes it.
    private func writePicture() throws {
      let pixels = SheetPicture(width: 2, height: 2, bytes: [UInt8](repeating: 9, count: 12))
      try ContactSheet([pixels], labels: nil, columnCount: 1, side: 2).write(to: path("picture.png"))
    }
  }
#endif
