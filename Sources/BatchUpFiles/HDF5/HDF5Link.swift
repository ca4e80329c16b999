/// A name in an HDF5 file that leads to an object that is listed under another name, or to none of this file.
public struct HDF5Link: Hashable, Sendable {
  /// Where a link leads.
  public enum Target: Hashable, Sendable {
    /// To a path in the same file, from the group of the link on where it does not start with a slash. There may be
    /// nothing.
    case path(String)
    /// To a path in another file, which is never opened.
    case external(file: String, path: String)
    /// The library cannot tell.
    case unknown
  }

  /// The path of the link itself: `/latest`.
  public let name: String
  /// Where it leads.
  public let target: Target
}

extension HDF5Link: CustomStringConvertible {
  /// The name and the target in one line.
  public var description: String { "\(name.quotedBriefly) leads to \(target)" }
}

extension HDF5Link.Target: CustomStringConvertible {
  public var description: String {
    switch self {
    case .path(let path): path.quotedBriefly
    case .external(let file, let path): "\(path.quotedBriefly) in the file \(file.quotedBriefly), which is not opened"
    case .unknown: "an unknown place"
    }
  }
}

/// The links of a file, to be followed.
struct HDF5Links {
  private let targets: [String: HDF5Link.Target]

  /// As many as libhdf5 follows, and more.
  private static let limit = 64

  /// Why a path leads nowhere.
  struct Broken: Error {
    let reason: String
  }

  init(_ links: [HDF5Link]) {
    targets = Dictionary(links.map { ($0.name, $0.target) }) { first, _ in first }
  }

  /// The path without links that a path leads to.
  func follow(_ path: String) throws(Broken) -> String {
    var parts = Self.parts(of: path)
    for _ in 0...Self.limit {
      guard let (count, target) = firstLink(in: parts) else { return Self.path(parts) }
      guard case .path(let next) = target else {
        throw Broken(reason: "\(HDF5Link(name: Self.path(parts.prefix(count)), target: target))")
      }
      let start = next.utf8.first == UInt8(ascii: "/") ? [] : parts.prefix(count - 1)
      parts = start + Self.parts(of: next) + parts.dropFirst(count)
    }
    throw Broken(reason: "more than \(Self.limit) links follow on each other")
  }

  private func firstLink(in parts: [Substring]) -> (count: Int, target: HDF5Link.Target)? {
    if targets.isEmpty { return nil }
    for count in parts.indices.map({ $0 + 1 }) {
      if let target = targets[Self.path(parts.prefix(count))] { return (count, target) }
    }
    return nil
  }

  /// A dot is the group itself to libhdf5, and two dots are a name.
  private static func parts(of path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }

  private static func path(_ parts: some Collection<Substring>) -> String { "/" + parts.joined(separator: "/") }
}
