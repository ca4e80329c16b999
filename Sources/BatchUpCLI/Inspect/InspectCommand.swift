import ArgumentParser
import BatchUp
import BatchUpSystem

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what is in files of arrays: names, shapes, types, first values, and whether they are whole.",
    discussion: """
      The files are .npy, .npz, HDF5, MATLAB (version 5), safetensors, IDX, CSV (the last two plain or gzip-compressed), \
      JPEG or PNG files; their contents tell which, not their names. Of a folder, all JPEG and PNG files below it are \
      decoded. Arrays of at most 1 GiB are read whole, which checks them \
      and counts NaN and infinite elements; of larger ones in .npz files only the CRC-32 is checked.

      The columns of numbers of a CSV file are one array; a column of texts is an array of labels. \
      \(CSVOptions.discussion)

      EXAMPLES:
        batchup inspect data.npz
        batchup inspect --json train-images.gz classifier.safetensors

      A file that cannot be read, also one in a folder, is one line on standard error, and the status 1; the other files \
      are shown.

      The object that --json writes has the member files; each of them has path, format, notes, error (null where \
      there is none), image_count (null but for a folder), failures (why images of a folder cannot be read) and members, of which each has name, element_type, shape, byte_order ("little", "big" or null), \
      fortran_order, storage ("plain", "deflated", "gzip", "chunked", "text", "image" or "other"), byte_count, notes, \
      checks, first_values, nan_count and infinite_count (null where they have not been counted).
      """)

  @Argument(help: .init("Files of any format that is known.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(help: .init("Show so many of an array's first values.", valueName: "n"))
  var values = 6

  @Flag(help: "Write one JSON object, and nothing else, to standard output.")
  var json = false

  @OptionGroup(title: "CSV Options") var csv: CSVOptions

  func validate() throws {
    guard (0...1000).contains(values) else { throw ValidationError("--values is from 0 to 1000, not \(values)") }
  }

  func run() throws {
    var reports: [InspectedFile] = []
    for (number, path) in files.enumerated() {
      let report = InspectedFile(path: path, valueCount: values, csv: csv.settings())
      for error in report.failures + [report.error].compactMap(\.self) { BatchUpCommand.report(error) }
      reports.append(report)
      if !json, report.error == nil {
        if number > 0 { try StandardStream.output.write(line: "") }
        try StandardStream.output.write(lines: report.lines)
      }
    }
    if json { try StandardStream.output.write(line: InspectReport(files: reports).json()) }
    if reports.contains(where: { $0.error != nil || !$0.failures.isEmpty }) { throw ExitCode.failure }
  }
}
