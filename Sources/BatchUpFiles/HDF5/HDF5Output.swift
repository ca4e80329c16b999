import BatchUp
import CHDF5

/// An HDF5 file that is being written, inside of `HDF5Library.locked`.
///
/// Groups and data sets have the attributes that make them nodes to PyTables: its format 2.1, groups 1.0, and what
/// `HDF5Writer.Entry.node` says.
struct HDF5Output: ~Copyable {
  private let file: HDF5ID
  private var groups: Set<String> = []

  /// Writes to an empty file that is there.
  init(path: String) throws(HDF5Failure) {
    let access = try HDF5ID(H5Pcreate(cbu_h5p_file_access()))
    // Nobody else knows the file, and a process that starts meanwhile would take the lock along.
    cbu_h5p_set_locking(access.id, 0)
    // So that elements that are mapped are aligned.
    try checked(H5Pset_alignment(access.id, 1, 64))
    try checked(H5Pset_small_data_block_size(access.id, 0))
    // It would make the file anew where the end of the process has just removed it.
    let file = try Leftovers.withLock { _ throws(HDF5Failure) in
      try HDF5ID(path.withSystemPath { H5Fcreate($0, cbu_h5f_truncate(), hid_t(H5P_DEFAULT), access.id) })
    }
    let root = try HDF5ID(H5Gopen2(file.id, "/", hid_t(H5P_DEFAULT)))
    try Self.setGroupAttributes(of: root.id)
    try Self.setAttribute("PYTABLES_FORMAT_VERSION", "2.1", of: root.id)
    self.file = file
  }

  /// Brings all of it to the file.
  consuming func finish() throws(HDF5Failure) {
    try checked(H5Fflush(file.id, H5F_SCOPE_GLOBAL))
    let id = file.released()
    try checked(H5Fclose(id))
  }

  /// Returns where the elements belong in the file, if they come later.
  mutating func write(_ entry: HDF5Writer.Entry) throws(HDF5Failure) -> Int? {
    let parts = entry.parts
    for count in 1..<max(parts.count, 1) { try makeGroup("/" + parts.prefix(count).joined(separator: "/")) }
    let type = try HDF5ElementType.standard(entry.elements)
    let space = try Self.space(of: entry)
    let creation = try Self.creation(of: entry)
    let names = try Self.utf8Names()
    let path = "/" + parts.joined(separator: "/")
    let dataset = try HDF5ID(
      H5Dcreate2(file.id, path, type.id, space.id, names.id, creation.id, hid_t(H5P_DEFAULT)))
    if let write = entry.write, !entry.shape.contains(0) { try checked(write(dataset.id, type.id)) }
    let node = entry.node
    try Self.setAttribute("CLASS", node.type, of: dataset.id)
    try Self.setAttribute("VERSION", node.version, of: dataset.id)
    try Self.setAttribute("TITLE", "", of: dataset.id)
    try Self.setAttribute("FLAVOR", node.flavor, of: dataset.id)
    guard entry.write == nil else { return nil }
    if entry.shape.contains(0) { return 0 }
    guard let offset = Int(exactly: H5Dget_offset(dataset.id)) else {
      throw HDF5Failure(reason: "the library gives no place for the elements of \(path)")
    }
    return offset
  }

  private static func space(of entry: HDF5Writer.Entry) throws(HDF5Failure) -> HDF5ID {
    let lengths = entry.shape.map { hsize_t($0) }
    if lengths.isEmpty { return try HDF5ID(H5Screate(H5S_SCALAR)) }
    guard case .sequences = entry.elements else {
      return try HDF5ID(H5Screate_simple(Int32(lengths.count), lengths, nil))
    }
    // All bits are set where there is no limit.
    return try HDF5ID(H5Screate_simple(1, lengths, [hsize_t.max]))
  }

  private mutating func makeGroup(_ path: String) throws(HDF5Failure) {
    guard groups.insert(path).inserted else { return }
    let names = try Self.utf8Names()
    let group = try HDF5ID(
      H5Gcreate2(file.id, path, names.id, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
    try Self.setGroupAttributes(of: group.id)
  }

  private static func utf8Names() throws(HDF5Failure) -> HDF5ID {
    let names = try HDF5ID(H5Pcreate(cbu_h5p_link_create()))
    try checked(H5Pset_char_encoding(names.id, H5T_CSET_UTF8))
    return names
  }

  private static func creation(of entry: HDF5Writer.Entry) throws(HDF5Failure) -> HDF5ID {
    let creation = try HDF5ID(H5Pcreate(cbu_h5p_dataset_create()))
    // The time would make each file another.
    try checked(H5Pset_obj_track_times(creation.id, false))
    guard let chunkShape = entry.chunkShape, case .chunked(_, let level, let shuffling) = entry.layout else {
      try checked(H5Pset_layout(creation.id, H5D_CONTIGUOUS))
      if entry.write == nil {
        try checked(H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY))
        try checked(H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER))
      }
      return creation
    }
    try checked(H5Pset_chunk(creation.id, Int32(chunkShape.count), chunkShape.map { hsize_t($0) }))
    if shuffling { try checked(H5Pset_shuffle(creation.id)) }
    if let level { try checked(H5Pset_deflate(creation.id, UInt32(level))) }
    return creation
  }

  private static func setGroupAttributes(of group: hid_t) throws(HDF5Failure) {
    try setAttribute("CLASS", "GROUP", of: group)
    try setAttribute("TITLE", "", of: group)
    try setAttribute("VERSION", "1.0", of: group)
  }

  /// An empty text is an attribute without elements, since no type has no bytes.
  private static func setAttribute(_ name: String, _ text: String, of object: hid_t) throws(HDF5Failure) {
    let type = try HDF5ID(cbu_h5t_c_string(max(text.utf8.count, 1)))
    let space = try HDF5ID(H5Screate(text.isEmpty ? H5S_NULL : H5S_SCALAR))
    let attribute = try HDF5ID(
      H5Acreate2(object, name, type.id, space.id, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
    if !text.isEmpty { try checked(H5Awrite(attribute.id, type.id, text)) }
  }
}

extension HDF5Writer.Entry {
  /// What PyTables takes the data set for, and the form that it hands its elements out in.
  fileprivate var node: (type: String, version: String, flavor: String) {
    switch elements {
    case .scalars: chunkShape == nil ? ("ARRAY", "2.4", "numpy") : ("CARRAY", "1.1", "numpy")
    case .strings: ("ARRAY", "2.4", "python")
    case .sequences: ("VLARRAY", "1.4", "numpy")
    }
  }
}
