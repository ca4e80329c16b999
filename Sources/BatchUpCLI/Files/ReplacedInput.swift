import BatchUpSystem

/// Throws where writing to `output` would replace one of the files that are read.
func requireOutput(_ output: String?, replacesNoneOf inputs: [String?]) throws(ToolError) {
  guard let output, let written = try ToolError.status(at: output) else { return }
  for case let input? in inputs {
    if let read = try ToolError.status(at: input), read.isSameFile(as: written) {
      throw ToolError("\(output): is one of the files that are read; name another one for the output")
    }
  }
}
