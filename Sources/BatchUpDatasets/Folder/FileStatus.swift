import BatchUp
import BatchUpSystem

/// The kind of what is at a path, with links followed, as in `S_IFREG`; nil where there is nothing.
///
/// - Throws: where the system cannot tell: only "no such file" means absent.
func kind(at path: String) throws(DatasetError) -> mode_t? {
  try DatasetError.status(at: path).map { $0.st_mode & S_IFMT }
}

func exists(_ path: String) throws(DatasetError) -> Bool { try kind(at: path) != nil }

func isRegularFile(_ path: String) throws(DatasetError) -> Bool { try kind(at: path) == S_IFREG }

/// Makes a folder, with those that it is in, where they are missing.
func makeFolder(_ path: String) throws(DatasetError) {
  // Others may remove what has just been made, since they leave no empty folders behind; not that often.
  for _ in 0..<100 {
    if path.withSystemPath({ mkdir($0, 0o777) }) == 0 { return }
    let error = SystemError.last
    if let kind = try kind(at: path) {
      if kind == S_IFDIR { return }
      throw .cannotWrite(path: path, reason: "it is not a folder")
    }
    if error.code == EEXIST { continue }
    guard error.code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .refusal(of: path, error)
    }
    try makeFolder(String(path[..<slash]))
  }
  throw .cannotWrite(path: path, reason: "it is a link to nothing, or others remove it again and again")
}
