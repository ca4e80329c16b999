import BatchUpFiles
import BatchUpSystem
import Foundation

/// What the figures were measured on.
struct Machine: Encodable {
  let processor: String
  let cores: Int
  let memoryGigabytes: Int
  let system: String
  let isa: String
  let compiler: String
  let revision: String

  static var current: Machine {
    let process = ProcessInfo.processInfo
    return Machine(
      processor: processorName ?? "unknown", cores: process.activeProcessorCount,
      memoryGigabytes: Int((Double(process.physicalMemory) / 1e9).rounded()),
      system: process.operatingSystemVersionString, isa: InstructionSet.active, compiler: compilerName,
      revision: sourceRevision ?? "unknown")
  }

  var heading: String {
    "\(processor), \(cores) cores, \(memoryGigabytes) GB, \(system), \(isa), \(compiler), revision \(revision)"
  }

  private static var processorName: String? {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
    return lines?.first { $0.hasPrefix("model name") }?.split(separator: ":").last
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static var compilerName: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  /// The commit that is checked out where this file was compiled.
  private static var sourceRevision: String? {
    var folder = URL(filePath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    let git = folder.appending(path: ".git")
    func text(_ path: String) -> String? {
      (try? String(contentsOf: git.appending(path: path), encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    guard let head = text("HEAD") else { return nil }
    let commit = head.hasPrefix("ref: ") ? text(String(head.dropFirst(5))) : head
    return commit.map { String($0.prefix(12)) }
  }
}

/// The results of a run, for programs.
struct BenchReport: CommandReport {
  let machine: Machine
  let results: [BenchmarkResult]

  static func requireWritable(_ path: String) throws(ToolError) { _ = try AtomicFile<ToolError>(path: path) }

  func write(to path: String) throws {
    let bytes = try [UInt8](jsonData())
    var file = try AtomicFile<ToolError>(path: path)
    try bytes.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }
}
