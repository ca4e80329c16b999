import ArgumentParser
import BatchUp
import BatchUpSystem

struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Prints count, mean, standard deviation, least and largest element of the arrays in files.",
    discussion: """
      The files are IDX files, plain or gzip-compressed, or .npy files. The standard deviation is that of the \
      population: its divisor is the count.

      EXAMPLES:
        batchup stats train-images.gz
        batchup stats --per-channel cifar-images.idx
        batchup stats --per-channel --channel-axis 3 images.idx
        batchup stats --per-column --json table.npy

      The object that --json writes has the member files; each of them has path, element_type, shape, axis ("overall", \
      "per_channel" or "per_column"), channel_axis (null unless per channel) and channels, of which each has count, \
      mean, standard_deviation, minimum and maximum (null where they are no finite numbers).
      """)

  @Argument(help: .init("IDX or .npy files.", valueName: "file"), completion: .file())
  var files: [String]

  @Flag(help: "One line for each index of the channels' axis, instead of one for all elements.")
  var perChannel = false

  @Flag(help: "One line for each place in a sample.")
  var perColumn = false

  @Option(help: .init("The axis of the channels, counted from 0, that of the samples. (default: 1)", valueName: "n"))
  var channelAxis: Int?

  @Flag(help: "Write one JSON object, and nothing else, to standard output.")
  var json = false

  func validate() throws {
    if perChannel && perColumn {
      throw ValidationError("--per-channel and --per-column exclude each other")
    }
    if let channelAxis {
      guard perChannel else { throw ValidationError("--channel-axis goes with --per-channel") }
      guard channelAxis >= 0 else { throw ValidationError("--channel-axis is at least 0, not \(channelAxis)") }
    }
  }

  func run() throws {
    var reports: [FileStatistics] = []
    for (number, file) in files.enumerated() {
      let report = try FileStatistics(path: file, axis)
      if json {
        reports.append(report)
      } else {
        if number > 0 { try StandardStream.output.write(line: "") }
        try StandardStream.output.write(lines: report.lines(width: StandardStream.output.width))
      }
    }
    if json { try StandardStream.output.write(line: StatisticsReport(files: reports).json()) }
  }

  private var axis: StatisticsAxis {
    perChannel ? .perChannel(axis: channelAxis ?? 1) : perColumn ? .perColumn : .overall
  }
}
