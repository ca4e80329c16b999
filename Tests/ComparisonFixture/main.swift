import Foundation

/// `ComparisonFixture TASK WORKERS FOLDER` does a task once for each line that it reads, and writes what it measured as a line of
/// JSON: one contender of scripts/compare/compare.py. `WORKERS` is 0 where the loop makes its batches itself; the files
/// that tasks read are in `FOLDER`.
func serve(_ arguments: [String]) throws {
  guard arguments.count == 4, let workerCount = Int(arguments[2]) else {
    throw Refusal("ComparisonFixture TASK WORKERS FOLDER")
  }
  guard let prepare = tasks[arguments[1]] else { throw Refusal("it has no task \(arguments[1])") }
  let run = try prepare(Setting(workerCount: workerCount, folder: arguments[3]))
  try write(["ready": .text("BatchUp for Swift")])
  while readLine() != nil { try write(run().members) }
}

struct Refusal: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

enum Member: Encodable {
  case text(String)
  case number(Double)

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .text(let text): try text.encode(to: encoder)
    case .number(let number): try number.encode(to: encoder)
    }
  }
}

func write(_ members: [String: Member]) throws {
  let line = try JSONEncoder().encode(members) + Data("\n".utf8)
  try FileHandle.standardOutput.write(contentsOf: line)
}

do {
  try serve(CommandLine.arguments)
} catch {
  try write(["error": .text("\(error)")])
}
