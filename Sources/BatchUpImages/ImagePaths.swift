import BatchUp

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The image files below a folder, and the classes that its subfolders are, in an order that no file system changes.
struct ImagePaths {
  /// In upper case too. What has another ending is no image.
  static let endings = [".jpg", ".jpeg", ".png"]

  private(set) var paths: [String] = []
  /// For each path the position of its class; -1 for those that are in no subfolder.
  private(set) var labels: [Int32] = []
  private(set) var classNames: [String] = []

  init(below folder: String) throws(ImageError) {
    var status = stat()
    guard stat(folder, &status) == 0 else { throw .cannotOpen(path: folder, reason: SystemError.last.text) }
    try add(folder, label: nil, ancestors: [FileIdentity(status)])
    if paths.isEmpty { throw .noImages(folder: folder) }
  }

  /// - Parameter label: nil for the uppermost folder, whose subfolders are the classes.
  private mutating func add(_ folder: String, label: Int32?, ancestors: [FileIdentity]) throws(ImageError) {
    for name in try Self.names(in: folder) {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      var status = stat()
      let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      let identity = FileIdentity(status)
      if isFolder {
        // A link to a folder that it is in.
        if ancestors.contains(identity) { continue }
        if label == nil { classNames.append(name) }
        try add(path, label: label ?? Int32(classNames.count - 1), ancestors: ancestors + [identity])
      } else if Self.hasImageEnding(name) {
        paths.append(path)
        labels.append(label ?? -1)
      }
    }
  }

  private static func hasImageEnding(_ name: String) -> Bool {
    let name = name.lowercased()
    return endings.contains { name.hasSuffix($0) }
  }

  /// What is in a folder, but for hidden files, in the order of the names' bytes.
  private static func names(in folder: String) throws(ImageError) -> [String] {
    guard let stream = opendir(folder) else { throw .cannotOpen(path: folder, reason: SystemError.last.text) }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if !name.hasPrefix(".") { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw .cannotRead(path: folder, reason: SystemError.last.text) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// What tells that two names are of one folder.
private struct FileIdentity: Equatable {
  let device: UInt64
  let number: UInt64

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
  }
}
