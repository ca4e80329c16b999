import BatchUp
import BatchUpImages

/// What is in all files, for programs.
struct InspectReport: CommandReport {
  let files: [InspectedFile]
}

/// What is in a file, or why it cannot be told.
struct InspectedFile: Encodable {
  let path: String
  @Nullable var format: String?
  var notes: [String] = []
  var members: [InspectedMember] = []
  /// The number of images in a folder; nil for a file.
  @Nullable var imageCount: Int?
  /// Why images of a folder cannot be read, one line each.
  var failures: [String] = []
  @Nullable var error: String?

  init(path: String, valueCount: Int, csv: CSVSettings) {
    self.path = path
    do {
      if try isFolder(path) {
        try inspectFolder()
        return
      }
      let file = try InputFile(path: path, csv: csv)
      format = file.format.name
      members = try file.members.map { try InspectedMember($0, valueCount: valueCount) }
      notes = try file.format.notes(ofFile: path)
    } catch {
      self.error = "\(error)"
    }
  }

  /// Decodes each of the images below the folder.
  private mutating func inspectFolder() throws {
    let folder = try ImageFolder(path, width: 1, height: 1)
    format = "folder of JPEG and PNG files"
    imageCount = folder.sampleCount
    var progress = ProgressCounter(
      totalCount: folder.sampleCount, observer: TerminalProgress(label: "decoding"))
    for index in 0..<folder.sampleCount {
      do { _ = try folder.batch(at: BatchIndices([index])) } catch { failures.append("\(error)") }
      progress.advance(by: 1)
    }
    progress.finish()
    if !folder.classNames.isEmpty {
      let names = folder.classNames.prefix(10).map(\.briefly).joined(separator: ", ")
      notes.append(
        "classes \(names)" + (folder.classNames.count > 10 ? " and \(folder.classNames.count - 10) more" : ""))
    }
    notes.append("checked: decoded, \(failures.count.grouped) of which cannot be read")
  }
}

/// What is known about a member of a file.
struct InspectedMember {
  let member: FileMember
  var firstValues: [String]?
  var unusual: UnusualCounts?

  /// Larger ones are not read.
  static let byteLimit = 1 << 30

  init(_ member: FileMember, valueCount: Int) throws {
    self.member = member
    guard let read = member.read, member.byteCount <= Self.byteLimit else {
      try member.verify?()
      return
    }
    let array = try read()
    firstValues = array.firstValues(valueCount)
    unusual = array.unusualCounts()
  }
}

extension InspectedFile {
  /// A heading, and two lines or more for each member.
  var lines: [String] {
    let count =
      imageCount.map { "\($0.grouped) \($0 == 1 ? "image" : "images")" }
      ?? (members.count == 1 ? "1 member" : "\(members.count) members")
    var lines = ["\(path): \(format ?? "unknown"), \(count)"]
    lines += notes.map { "  \($0)" }
    for member in members { lines += member.lines.map { "  \($0)" } }
    return lines
  }
}

extension InspectedMember {
  fileprivate var lines: [String] {
    var facts = [member.elementType]
    if let shape = member.shape { facts.append("shape \(shape)") }
    if let byteOrder = member.byteOrder { facts.append(byteOrder == .littleEndian ? "little-endian" : "big-endian") }
    if member.isFortranOrder { facts.append("Fortran order") }
    facts += [member.storage.text, "\(member.byteCount.grouped) bytes"]
    let name = member.name.map { "\($0.briefly): " } ?? ""
    return [name + facts.joined(separator: ", ")] + member.notes.map { "  \($0)" }
      + (valueLine.map { ["  \($0)"] } ?? []) + ["  checked: \(checks.joined(separator: ", "))"]
  }

  private var valueLine: String? {
    guard let firstValues else { return nil }
    let count = member.shape?.reduce(1, *) ?? firstValues.count
    return "values \(firstValues.joined(separator: " "))\(count > firstValues.count ? " …" : "")"
  }

  private var checks: [String] {
    guard let unusual else { return member.checks }
    return member.checks + ["\(unusual.nan.grouped) NaN, \(unusual.infinite.grouped) infinite"]
  }
}

extension FileMember.Storage {
  fileprivate var text: String {
    switch self {
    case .plain: "stored as it is"
    case .deflated: "compressed"
    case .gzip: "compressed with gzip"
    case .text: "text"
    case .chunked: "in chunks"
    case .image: "image"
    case .other: "stored in a way of its own"
    }
  }
}

extension InspectedMember: Encodable {
  private enum CodingKeys: CodingKey {
    case name, elementType, shape, byteOrder, fortranOrder, storage, byteCount, notes, checks, firstValues, nanCount,
      infiniteCount
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(member.name, forKey: .name)
    try container.encode(member.elementType, forKey: .elementType)
    try container.encode(member.shape, forKey: .shape)
    try container.encode(member.byteOrder.map { $0 == .littleEndian ? "little" : "big" }, forKey: .byteOrder)
    try container.encode(member.isFortranOrder, forKey: .fortranOrder)
    try container.encode(member.storage.rawValue, forKey: .storage)
    try container.encode(member.byteCount, forKey: .byteCount)
    try container.encode(member.notes, forKey: .notes)
    try container.encode(member.checks, forKey: .checks)
    try container.encode(firstValues, forKey: .firstValues)
    try container.encode(unusual?.nan, forKey: .nanCount)
    try container.encode(unusual?.infinite, forKey: .infiniteCount)
  }
}
