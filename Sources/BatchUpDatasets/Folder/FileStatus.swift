import BatchUp

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func exists(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0
}

func isRegularFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// Makes a folder, with those that it is in, where they are missing.
func makeFolder(_ path: String) throws(DatasetError) {
  // Others may remove what has just been made, since they leave no empty folders behind; not that often.
  for _ in 0..<100 {
    if mkdir(path, 0o777) == 0 { return }
    let error = SystemError.last
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return }
      throw .cannotWrite(path: path, reason: "it is not a folder")
    }
    if error.code == EEXIST { continue }
    guard error.code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .cannotWrite(path: path, reason: error.text)
    }
    try makeFolder(String(path[..<slash]))
  }
  throw .cannotWrite(path: path, reason: "it is a link to nothing, or others remove it again and again")
}

/// The names of what is in a folder; none where it cannot be read.
func names(in folder: String) -> [String] {
  guard let stream = opendir(folder) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
      name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
        String(cString: $0)
      }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}

/// Deletes a file, or a folder with all that is in it; follows no links.
func removeTree(_ path: String) {
  if unlink(path) == 0 || errno == ENOENT { return }
  for name in names(in: path) { removeTree(path + "/" + name) }
  rmdir(path)
}
