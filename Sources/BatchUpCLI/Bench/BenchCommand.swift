import ArgumentParser
import BatchUp
import BatchUpFiles
import BatchUpSystem

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures the kernels and the loader against the limits of this machine.",
    discussion: """
      Each benchmark is measured in turn with its limit (a copy of the same bytes, random cache lines, a plain \
      generator), and the median of their ratios over the rounds is printed. Ratios can be compared between machines \
      and days; the figures themselves cannot.

      EXAMPLES:
        batchup bench
        batchup bench --filter gather/ --seconds 2
        batchup bench --isa avx2 --threads 1 --json results.json

      The file that --json writes has the members machine and results; each result has name, unit, median, min, max, \
      samples, limit, limit_name and of_limit (null where there is no limit).
      """)

  @Flag(help: "List the benchmarks' names, and measure nothing.")
  var list = false

  @Option(
    help: .init("Only the benchmarks whose names contain this.", valueName: "pattern"),
    completion: .shellCommand("batchup bench --list"))
  var filter: String?

  @Option(help: .init("Measure each benchmark for this long.", valueName: "s"))
  var seconds = 0.5

  @Option(help: .init("Also share work among this many threads. (default: one for each core)", valueName: "n"))
  var threads: Int?

  @Option(
    help: .init("Use the kernels of scalar, avx2, avx512 or neon. (default: the best available)", valueName: "isa"),
    completion: .list(InstructionSet.available))
  var isa: String?

  @Option(
    help: .init("Also write the results to this file.", valueName: "file"), completion: .file(extensions: ["json"]))
  var json: String?

  func validate() throws {
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds is more than 0 and at most 3600, not \(seconds)")
    }
    if let threads, threads < 1 || threads > 1024 {
      throw ValidationError("--threads is from 1 to 1024, not \(threads)")
    }
    if let isa, !InstructionSet.available.contains(isa) {
      throw ValidationError("--isa is one of \(InstructionSet.available.joined(separator: ", ")) here, not \(isa)")
    }
  }

  func run() throws {
    if let isa { InstructionSet.use(isa) }
    let machine = Machine.current
    let threadCount = threads ?? machine.cores
    let groups = BenchmarkGroup.all(threadCount: threadCount).compactMap { $0.filtered(by: filter) }
    guard !groups.isEmpty else {
      throw ToolError("no benchmark's name contains \"\(filter ?? "")\"; see batchup bench --list")
    }
    if list {
      for benchmark in groups.flatMap(\.benchmarks) { try StandardStream.output.write(line: benchmark.name) }
      return
    }
    // Before the minutes that measuring takes.
    if let json { try BenchReport.requireWritable(json) }
    try StandardStream.output.write(line: machine.heading)
    try StandardStream.output.write(lines: BenchmarkResult.heading(width: StandardStream.output.width))
    let results = try measure(groups)
    if let json { try BenchReport(machine: machine, results: results).write(to: json) }
  }

  private func measure(_ groups: [BenchmarkGroup]) throws -> [BenchmarkResult] {
    let terminal = TerminalProgress(label: "measuring")
    // In a log, the results show how far it is.
    var progress = ProgressCounter(
      totalCount: groups.reduce(0) { $0 + $1.benchmarks.count },
      observer: StandardStream.error.isErasable ? terminal : ProgressHandler { _ in })
    var results: [BenchmarkResult] = []
    for group in groups {
      let measured = group.measure(seconds: seconds)
      terminal.erase()
      for result in measured {
        try StandardStream.output.write(lines: result.lines(width: StandardStream.output.width))
      }
      progress.advance(by: measured.count)
      results += measured
    }
    progress.finish()
    return results
  }
}
