/// A file that a data set is made of, and where to get it.
public struct SourceFile: Hashable, Sendable {
  /// What the file is called: the last part of its URLs, and its name in a folder of files that are there already.
  public let name: String
  /// Where the file comes from.
  public let origin: Origin
  /// The SHA-256 of the file, 64 hexadecimal digits in lower case; nil where any file will do.
  public let sha256: String?
  /// The size of the file; nil where it is not known. Of a longer one, no more than that is downloaded.
  public let byteCount: Int?

  /// Where the file comes from.
  public enum Origin: Hashable, Sendable {
    /// From these addresses (`https:`, `http:` or `file:`), the first one that has the right file. The downloaded file is
    /// deleted once the data set has been made.
    case download([String])
    /// A file on this machine that is copied first, since making the data set may change or move it.
    case copy(path: String)
    /// A file on this machine that is used where it is, and stays there.
    case existing(path: String)
  }

  /// A file by its name, where it comes from and what it has to be.
  ///
  /// - Precondition: `name` is that of a file, without a folder; `sha256` has 64 hexadecimal digits.
  public init(_ name: String, from origin: Origin, sha256: String? = nil, byteCount: Int? = nil) {
    precondition(isFileName(name), "a source file must have a name without a folder")
    precondition(sha256.map(isDigest) ?? true, "a SHA-256 has 64 hexadecimal digits")
    self.name = name
    self.origin = origin
    self.sha256 = sha256?.lowercased()
    self.byteCount = byteCount
  }
}

/// Whether that can be the name of a file in a folder, which is not one of those that fetching uses itself.
func isFileName(_ name: String) -> Bool {
  !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    && !name.hasPrefix(".batchup-")
}

private func isDigest(_ text: String) -> Bool {
  text.utf8.count == 64 && text.unicodeScalars.allSatisfy { $0.properties.isASCIIHexDigit }
}
