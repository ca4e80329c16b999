import ArgumentParser
import BatchUp
import BatchUpFiles
import BatchUpSystem

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes the arrays of a file into a file of another format.",
    discussion: """
      The input is an .npy, .npz, HDF5, MATLAB (version 5), safetensors, IDX or CSV file (the last two plain or \
      gzip-compressed), by its contents; or, with --shape and --type, the bare elements of one array. The output is an .npy, .npz, .h5 or \
      .safetensors file, by its name. It appears when it is complete, and replaces none unless --force is given. The \
      arrays have to fit into memory.

      An .npy file has one array: the only one, or that of --dataset. An array without a name becomes "array". What is \
      no array of numbers, such as texts, is left out, as a line on standard error says.

      Of a CSV file, "numbers" are the columns of numbers, and each column of texts becomes an array of labels; \
      --dataset takes the name of a single column, too. With --to, numbers are read from the text as that type, so that \
      large integers stay exact; without it, they are float64, or int64 where all are integers and some beyond 2^53.

      \(CSVOptions.discussion)

      EXAMPLES:
        batchup convert train-images.gz images.npy
        batchup convert data.npz data.safetensors
        batchup convert data.npz x.npy --dataset x --to float32
        batchup convert table.csv table.npz --compress
        batchup convert images.bin i.npy --shape 1000,28,28 --type uint8 --offset 16
      """)

  @Argument(help: .init("The file to read.", valueName: "in"), completion: .file())
  var input: String

  @Argument(
    help: .init("The file to write: .npy, .npz, .h5 or .safetensors.", valueName: "out"),
    completion: .file(extensions: OutputFormat.allCases.map(\.rawValue)))
  var output: String

  @Option(help: .init("Convert only the array of that name.", valueName: "name"))
  var dataset: String?

  @Option(
    help: .init("Convert the elements to that type, such as float32.", valueName: "type"),
    completion: .list(elementTypeNames))
  var to: String?

  @Option(help: .init("Read the input as the bare elements of an array of that shape.", valueName: "n,n,…"))
  var shape: String?

  @Option(
    help: .init("The type of bare elements, such as uint8.", valueName: "type"), completion: .list(elementTypeNames))
  var type: String?

  @Option(help: .init("Where bare elements start, in bytes.", valueName: "n"))
  var offset: Int?

  @Flag(help: "Bare elements are big-endian.")
  var bigEndian = false

  @Flag(help: "Compress the arrays of an .npz or .h5 file.")
  var compress = false

  @Flag(help: "Replace the output where it exists.")
  var force = false

  @OptionGroup(title: "CSV Options") var csv: CSVOptions

  func validate() throws {
    if (shape == nil) != (type == nil) {
      throw ValidationError("--shape and --type go together: give both, or neither")
    }
    if shape == nil, offset != nil || bigEndian {
      throw ValidationError("--offset and --big-endian go with --shape and --type")
    }
    if let offset, offset < 0 { throw ValidationError("--offset is at least 0, not \(offset)") }
    _ = try shape.map(Self.lengths)
    for name in [to, type] { _ = try name.map(Self.elementType) }
    guard let format = OutputFormat(path: output) else {
      throw ValidationError("\(output): its name ends with none of \(OutputFormat.endings)")
    }
    if compress, format != .npz, format != .h5 { throw ValidationError("--compress goes with an .npz or .h5 file") }
  }

  func run() throws {
    guard let format = OutputFormat(path: output) else { return }
    if !force { try requireAbsent(output) }
    let members = try inputMembers()
    let arrays = try read(members)
    try format.write(arrays, to: output, compress: compress)
  }

  /// A link counts as a file, whatever it leads to.
  private func requireAbsent(_ path: String) throws {
    do {
      if try statusIfPresent(at: path, followingLinks: false) == nil { return }
    } catch {
      throw NPYError.cannotWrite(path: path, reason: error.text)
    }
    throw ToolError("\(path): exists already; give --force to replace it")
  }

  /// The members that are arrays, or the one that is asked for; says which are left out.
  private func inputMembers() throws -> [FileMember] {
    if let bare = try bareMember() { return [bare] }
    let file = try InputFile(path: input, csv: csv.settings())
    if let dataset { return [try file.member(named: dataset)] }
    let members = file.members
    if members.isEmpty { throw ToolError("\(input): has no arrays") }
    let readable = members.filter { $0.read != nil }
    // The error of the first one says what it is.
    if readable.isEmpty { return members }
    for member in members where member.read == nil {
      BatchUpCommand.note(
        "\(input): left out: \(member.name?.quotedBriefly ?? "a member") \(member.reasonNotRead)")
    }
    return readable
  }

  private func bareMember() throws -> FileMember? {
    guard let shape, let type else { return nil }
    let elementType = try Self.elementType(type)
    return try FileMember(
      bareElementsOf: input, elementType, shape: Self.lengths(shape), offset: offset ?? 0,
      byteOrder: bigEndian ? .bigEndian : .littleEndian)
  }

  private func read(_ members: [FileMember]) throws -> [NamedArray] {
    let target = try to.map(Self.elementType)
    var progress = ProgressCounter(
      // Files may claim any size; reading says what is wrong.
      totalCount: members.reduce(0) { $0.addingSaturating($1.byteCount) },
      observer: TerminalProgress(label: "converting"))
    var arrays: [NamedArray] = []
    for member in members {
      let name = member.name ?? "array"
      if let target, let type = target.fileScalar, let readAs = member.readAs {
        arrays.append(NamedArray(name: name, array: try readAs(type)))
      } else {
        let array = NamedArray(name: name, array: try member.readable(in: input)())
        arrays.append(try target.map { try array.converted(to: $0, path: input) } ?? array)
      }
      progress.advance(by: member.byteCount)
    }
    progress.finish()
    return arrays
  }

  private static func lengths(_ text: String) throws -> [Int] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let length = Int(text), length >= 0 else {
        throw ValidationError("--shape is a list of lengths such as 1000,28,28, and \"\(text)\" is none")
      }
      return length
    }
  }

  private static func elementType(_ name: String) throws -> NPYElementType {
    guard let type = NPYElementType(optionName: name), type.fileScalar != nil else {
      throw ValidationError("\"\(name)\" is none of the types \(elementTypeNames.joined(separator: ", "))")
    }
    return type
  }

  private static var elementTypeNames: [String] {
    NPYElementType.allCases.filter { $0.fileScalar != nil }.map(\.optionName)
  }
}
