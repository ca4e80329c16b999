import ArgumentParser
import BatchUp
import BatchUpSystem

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what is in files of arrays: names, shapes, types, first values, and whether they are whole.",
    discussion: """
      The files are .npy, .npz, HDF5, MATLAB (version 5), safetensors, IDX (plain or gzip-compressed), CSV, JPEG or \
      PNG files; their contents tell which, not their names. Arrays of at most 1 GiB are read whole, which checks them \
      and counts NaN and infinite elements; of larger ones in .npz files only the CRC-32 is checked.

      Of a CSV file, the first line tells the separator (, ; or tab), and the first row is a header where none of its \
      fields is a number. Columns of numbers are one array; a column of texts is an array of labels.

      EXAMPLES:
        batchup inspect data.npz
        batchup inspect --json train-images.gz classifier.safetensors

      A file that cannot be read is one line on standard error, and the status 1; the other files are shown.

      The object that --json writes has the member files; each of them has path, format, notes, error (null where \
      there is none) and members, of which each has name, element_type, shape, byte_order ("little", "big" or null), \
      fortran_order, storage ("plain", "deflated", "gzip", "chunked", "text", "image" or "other"), byte_count, notes, \
      checks, first_values, nan_count and infinite_count (null where they have not been counted).
      """)

  @Argument(help: .init("Files of any format that is known.", valueName: "file"), completion: .file())
  var files: [String]

  @Option(help: .init("Show so many of an array's first values.", valueName: "n"))
  var values = 6

  @Flag(help: "Write one JSON object, and nothing else, to standard output.")
  var json = false

  func validate() throws {
    guard (0...1000).contains(values) else { throw ValidationError("--values is from 0 to 1000, not \(values)") }
  }

  func run() throws {
    var reports: [InspectedFile] = []
    for (number, path) in files.enumerated() {
      let report = InspectedFile(path: path, valueCount: values)
      if let error = report.error { BatchUpCommand.report(error) }
      reports.append(report)
      if !json, report.error == nil {
        if number > 0 { try StandardStream.output.write(line: "") }
        try StandardStream.output.write(lines: report.lines)
      }
    }
    if json { try StandardStream.output.write(line: InspectReport(files: reports).json()) }
    if reports.contains(where: { $0.error != nil }) { throw ExitCode.failure }
  }
}
