import CHDF5

/// The data sets of a file, found by way of all of its groups.
///
/// Only hard links are followed: soft ones lead to where other links do, or nowhere, and external ones to other files. A
/// group that several links lead to is entered once, which ends cycles. So a data set is listed under each of its names in
/// each group, and a group under one name.
struct HDF5Listing {
  private(set) var entries: [Entry] = []

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

  private var seenGroups: Set<Identity> = []
  private var pendingGroups: [[CChar]] = []

  /// Inside of `HDF5Library.locked`.
  init(of file: hid_t) throws(HDF5Failure) {
    pendingGroups = [[CChar(bitPattern: UInt8(ascii: "/")), 0]]
    while let path = pendingGroups.popLast() { try enterGroup(at: path, of: file) }
    entries.sort { $0.dataset.name < $1.dataset.name }
  }

  private mutating func enterGroup(at path: [CChar], of file: hid_t) throws(HDF5Failure) {
    let (identity, names) = try HDF5Scope.run { scope throws(HDF5Failure) in
      let group = try scope.own(H5Oopen(file, path, hid_t(H5P_DEFAULT)))
      return (try Identity(of: group), try Self.hardLinks(of: group))
    }
    guard seenGroups.insert(identity).inserted else { return }
    for name in names {
      let separator = path.count == 2 ? [] : [CChar(bitPattern: UInt8(ascii: "/"))]
      try note(path.dropLast() + separator + name, in: file)
    }
  }

  private mutating func note(_ path: [CChar], in file: hid_t) throws(HDF5Failure) {
    let name = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
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

  /// The names of the links, each with a zero byte at its end.
  private static func hardLinks(of group: hid_t) throws(HDF5Failure) -> [[CChar]] {
    var names: [[CChar]] = []
    _ = try withUnsafeMutablePointer(to: &names) { names throws(HDF5Failure) in
      try checked(
        cbu_h5_links(
          group,
          { name, isHard, context in
            guard let name, isHard != 0, let names = context?.assumingMemoryBound(to: [[CChar]].self) else { return }
            var length = 0
            while name[length] != 0 { length += 1 }
            names.pointee.append(Array(UnsafeBufferPointer(start: name, count: length + 1)))
          }, names))
    }
    return names
  }
}
