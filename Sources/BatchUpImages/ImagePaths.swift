import BatchUp
import BatchUpSystem

/// The image files below a folder, and the classes that its subfolders are, in an order that no file system changes.
struct ImagePaths {
  /// In upper case too. What has another ending is no image.
  static let endings = [".jpg", ".jpeg", ".png"]

  private(set) var paths: [String] = []
  /// For each path the position of its class; -1 for those that are in no subfolder.
  private(set) var labels: [Int32] = []
  private(set) var classNames: [String] = []

  init(below folder: String) throws(ImageError) {
    guard let status = try ImageError.status(at: folder) else {
      throw .cannotOpen(path: folder, reason: SystemError(code: ENOENT).text)
    }
    try add(folder, label: nil, ancestors: [FileIdentity(status)])
    if paths.isEmpty { throw .noImages(folder: folder) }
  }

  /// - Parameter label: nil for the uppermost folder, whose subfolders are the classes.
  private mutating func add(_ folder: String, label: Int32?, ancestors: [FileIdentity]) throws(ImageError) {
    for name in try Self.names(in: folder) {
      let path = folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
      // Nil for a link that leads nowhere. What the system cannot look at may be a folder of many images.
      let status = try ImageError.status(at: path)
      if let status, status.isFolder {
        let identity = FileIdentity(status)
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
    var names: [[UInt8]] = []
    do {
      try forEachName(in: folder) { name in
        let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
        if bytes.first != UInt8(ascii: ".") { names.append(Array(bytes)) }
      }
    } catch {
      throw .cannotOpen(path: folder, reason: error.text)
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }.map { String(pathBytes: $0) }
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
