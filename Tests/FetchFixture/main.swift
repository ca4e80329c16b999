import BatchUp
import BatchUpDatasets
import BatchUpSystem
import Foundation

// A process that fetches a data set, and may be killed while it does, or end as by a signal:
// FetchFixture <data folder> <address> <SHA-256> [hang | end-converting | end-downloading | tell] [<user> <mask>]
//
// With the number of a user, whom only root can become, and an octal mask for the files that it makes.

let arguments = CommandLine.arguments
guard arguments.count >= 4 else { exit(64) }
let mode = arguments.dropFirst(4).first
if arguments.count == 7, let user = uid_t(arguments[5]), let mask = mode_t(arguments[6], radix: 8) {
  umask(mask)
  guard setgroups(0, nil) == 0, setgid(user) == 0, setuid(user) == 0 else { exit(64) }
}

struct NotWhole: Error {}

let dataset = Dataset(
  name: "numbers", file: "numbers.bin",
  sources: [SourceFile("numbers.dat", from: .download([arguments[2]]), sha256: arguments[3])],
  check: { path in
    guard try Data(contentsOf: URL(filePath: path)).suffix(3) == Data("END".utf8) else { throw NotWhole() }
  }
) { sources, target in
  let bytes = try Data(contentsOf: URL(filePath: sources[0]))
  if mode == "hang" || mode == "end-converting" {
    // As a writer leaves it that is killed half way.
    try bytes.prefix(bytes.count / 2).write(to: URL(filePath: target))
    try Data([1, 2, 3]).write(to: URL(filePath: target).deletingLastPathComponent().appending(path: ".batchup-0"))
    if mode == "end-converting" { end() }
    say("converting")
    while true { pause() }
  }
  try write(bytes + Data("END".utf8), to: target)
}

/// Foundation's own writing takes a short write for the whole (scripts/faults).
@Sendable func write(_ bytes: Data, to path: String) throws {
  guard let file = fopen(path, "w") else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  let count = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  guard fclose(file) == 0, count == bytes.count else { throw POSIXError(.EIO) }
}

@Sendable func say(_ text: String) {
  print(text)
  fflush(nil)
}

/// What a program does that ends by a signal.
@Sendable func end() -> Never {
  Leftovers.remove { _exit(3) }
  abort()
}

var options = FetchOptions()
options.folder = DataFolder(path: arguments[1])
options.limits.backOff = .milliseconds(1)
options.limits.lockInterval = .milliseconds(5)
if mode == "end-downloading" {
  options.progress = { _ in ProgressHandler { state in if state.completedCount > 0 { end() } } }
}
if mode == "tell" {
  options.progress = { step in
    say("\(step)")
    return ProgressHandler { _ in }
  }
}
do {
  let path = try await dataset.fetch(options)
  say("fetched \(path)")
} catch {
  say("failed: \(error)")
  exit(1)
}
