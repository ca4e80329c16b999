import BatchUp
import BatchUpSystem

/// A file of any known format, and what is in it.
struct InputFile {
  let path: String
  let format: any FileFormat
  private let allMembers: [FileMember]

  /// - Throws: what names the file, in one line.
  init(path: String, csv: CSVSettings) throws {
    self.path = path
    if try isFolder(path) {
      throw ToolError("\(path): is a folder, expected a file; batchup inspect and batchup view take folders of images")
    }
    format = try FileFront.format(ofFile: path, csv: csv)
    allMembers = try format.members(ofFile: path)
  }

  /// Without those that are parts of others.
  var members: [FileMember] { allMembers.filter { !$0.isPart } }

  /// The member of that name, also a single column of a CSV file. The / that names in HDF5 files start with may be left
  /// out.
  func member(named name: String) throws -> FileMember {
    for name in name.hasPrefix("/") ? [name] : [name, "/" + name] {
      if let member = allMembers.first(where: { $0.name == name }) { return member }
      if let member = try format.linkedMember(named: name, ofFile: path) { return member }
    }
    throw ToolError("\(path): has no array \(name.quotedBriefly)")
  }

  /// The array of that name or, where that is nil, the only one.
  ///
  /// - Parameter option: the option that names the array, for the error that there are several.
  func array(named name: String?, option: String) throws -> any FileArray {
    if let name { return try member(named: name).readable(in: path)() }
    let readable = members.filter { $0.read != nil }
    if readable.count > 1 {
      throw ToolError(
        "\(path): has \(readable.count) arrays; choose one with \(option): "
          + readable.prefix(10).map { $0.name?.briefly ?? "" }.joined(separator: ", ")
          + (readable.count > 10 ? ", …" : ""))
    }
    // A single column is a list, not a table.
    let parts = allMembers.filter(\.isPart)
    guard let member = (parts.count == 1 ? parts : readable).first ?? members.first else {
      throw ToolError("\(path): is a file of format \(format.name) without an array")
    }
    return try member.readable(in: path)()
  }
}

/// Whether there is a folder at a path, or a link to one.
func isFolder(_ path: String) throws(ToolError) -> Bool {
  do { return try statusIfPresent(at: path)?.isFolder ?? false } catch {
    throw .cannotOpen(path: path, reason: error.text)
  }
}

extension FileMember {
  /// What reads the member.
  ///
  /// - Throws: where it is of a type that Swift has no elements for.
  func readable(in path: String) throws(ToolError) -> () throws -> any FileArray {
    if let read { return read }
    throw ToolError("\(path): \(name?.quotedBriefly ?? "what it has") \(reasonNotRead)")
  }

  var reasonNotRead: String {
    obstacle ?? "is of type \(elementType), which cannot be converted"
  }
}
