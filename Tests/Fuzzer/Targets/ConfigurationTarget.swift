@testable import BatchUpDatasets

/// What cannot be parsed is empty, with a warning of one line; what can be is the same in front of a section more, and
/// behind a comment.
func checkConfiguration(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  let name = "fuzz-end"
  let (sections, warnings) = try read(bytes, in: folder)
  try require(warnings.count <= 1, "there is one warning at most")
  for warning in warnings {
    try require(sections.isEmpty, "what is warned of is not used")
    try require(!warning.contains(where: \.isNewline), "a warning is a line: \(warning)")
  }
  if !warnings.isEmpty || sections[name] != nil { return }
  let longer = try read(bytes + Array("\n[\(name)]\nq = 1".utf8), in: folder)
  try require(longer.sections == sections.merging([name: ["q": "1"]]) { $1 }, "a section more is one more")
  try require(read(Array("# a comment\n".utf8) + bytes, in: folder).sections == sections, "a comment is nothing")
}

private func read(
  _ bytes: [UInt8], in folder: ScratchFolder
) throws -> (sections: [String: [String: String]], warnings: [String]) {
  var warnings: [String] = []
  let file = ConfigurationFile(path: try folder.write(bytes)) { warnings.append($0) }
  return (file.sections, warnings)
}
