import CHDF5

/// The data sets of a file, found by way of all of its groups.
///
/// Only hard links are followed: soft ones lead to where other links do, or nowhere, and external ones to other files. A
/// group that several links lead to is entered once, which ends cycles. So a data set is listed under each of its names in
/// each group, and a group under the first of its names; the others are among the links.
struct HDF5Listing {
  private(set) var entries: [Entry] = []
  private(set) var links: [HDF5Link] = []

  struct Entry {
    let dataset: HDF5Dataset
    /// The path as the library knows it, with a zero byte at its end; it need not be UTF-8.
    let path: [CChar]
  }

  private struct Identity: Hashable {
    let first, second: UInt64

    init(of object: hid_t) throws(HDF5Failure) {
      var identity = cbu_h5_identity()
      try checked(cbu_h5_identify(object, &identity))
      (first, second) = (identity.first, identity.second)
    }
  }

  /// The names of the groups that were entered.
  private var groupNames: [Identity: String] = [:]
  private var pendingGroups: [[CChar]] = []

  /// Inside of `HDF5Library.locked`.
  init(of file: hid_t) throws(HDF5Failure) {
    pendingGroups = [[CChar(bitPattern: UInt8(ascii: "/")), 0]]
    while let path = pendingGroups.popLast() { try enterGroup(at: path, of: file) }
    entries.sort { $0.dataset.name < $1.dataset.name }
    links.sort { $0.name < $1.name }
  }

  private mutating func enterGroup(at path: [CChar], of file: hid_t) throws(HDF5Failure) {
    let (identity, found) = try HDF5Scope.run { scope throws(HDF5Failure) in
      let group = try scope.own(H5Oopen(file, path, hid_t(H5P_DEFAULT)))
      return (try Identity(of: group), try Self.links(of: group))
    }
    if let name = groupNames[identity] {
      links.append(HDF5Link(name: Self.text(path), target: .path(name)))
      return
    }
    groupNames[identity] = Self.text(path)
    let start = path.dropLast() + (path.count == 2 ? [] : [CChar(bitPattern: UInt8(ascii: "/"))])
    // The last group that is noted is entered first.
    for link in found.reversed() {
      if let target = link.target {
        links.append(HDF5Link(name: Self.text(start + link.name), target: target))
      } else {
        try note(start + link.name, in: file)
      }
    }
  }

  private static func text(_ path: [CChar]) -> String {
    String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private mutating func note(_ path: [CChar], in file: hid_t) throws(HDF5Failure) {
    let name = Self.text(path)
    do throws(HDF5Failure) {
      let (type, dataset) = try HDF5Scope.run { scope throws(HDF5Failure) in
        let object = try scope.own(H5Oopen(file, path, hid_t(H5P_DEFAULT)))
        let type = H5Iget_type(object)
        try checked(type.rawValue)
        return (type, type == H5I_DATASET ? try HDF5Dataset(named: name, id: object) : nil)
      }
      if type == H5I_GROUP { pendingGroups.append(path) }
      if let dataset { entries.append(Entry(dataset: dataset, path: path)) }
    } catch {
      entries.append(Entry(dataset: HDF5Dataset(unreadable: name, reason: error.reason), path: path))
    }
  }

  /// A link of a group, whose name has a zero byte at its end. A hard one has no target.
  private typealias Link = (name: [CChar], target: HDF5Link.Target?)

  /// By name.
  private static func links(of group: hid_t) throws(HDF5Failure) -> [Link] {
    var links: [Link] = []
    _ = try withUnsafeMutablePointer(to: &links) { links throws(HDF5Failure) in
      try checked(
        cbu_h5_links(
          group,
          { name, kind, file, path, context in
            guard let name, let links = context?.assumingMemoryBound(to: [Link].self) else { return }
            let bytes = Array(UnsafeBufferPointer(start: name, count: strlen(name) + 1))
            links.pointee.append((bytes, HDF5Listing.target(kind, file: file, path: path)))
          }, links))
    }
    return links
  }

  private static func target(
    _ kind: cbu_h5_link_kind, file: UnsafePointer<CChar>?, path: UnsafePointer<CChar>?
  ) -> HDF5Link.Target? {
    switch (kind, file, path) {
    case (CBU_H5_HARD, _, _): nil
    case (CBU_H5_SOFT, _, let path?): .path(String(cString: path))
    case (CBU_H5_EXTERNAL, let file?, let path?): .external(file: String(cString: file), path: String(cString: path))
    default: .unknown
    }
  }
}
