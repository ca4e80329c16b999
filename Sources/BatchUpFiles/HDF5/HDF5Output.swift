import BatchUp
import CHDF5

/// An HDF5 file that is being written, inside of `HDF5Library.locked`.
///
/// Groups and data sets have the attributes that make them nodes to PyTables: its format 2.1, groups 1.0, and what
/// `HDF5Writer.Entry.node` says.
struct HDF5Output {
  private let file: hid_t
  private var groups: Set<String> = []

  /// Writes to an empty file, which is complete when the scope's ids are closed.
  ///
  /// - Parameter path: what the library calls the file; only the descriptor is opened.
  init(
    to descriptor: HDF5Descriptor, path: String, attributes: [HDF5Writer.Attribute], _ scope: inout HDF5Scope
  ) throws(HDF5Failure) {
    let access = try scope.own(H5Pcreate(cbu_h5p_file_access()))
    try descriptor.set(on: access)
    try checked(cbu_h5p_set_oldest_format(access))
    // So that elements that are mapped are aligned.
    try checked(H5Pset_alignment(access, 1, 64))
    try checked(H5Pset_small_data_block_size(access, 0))
    // Nothing is read back, so that after a write that has failed the library finds no damaged structure and can close
    // the file.
    try checked(cbu_h5p_keep_metadata(access))
    let file = try scope.own(H5Fcreate(path, cbu_h5f_truncate(), hid_t(H5P_DEFAULT), access))
    self.file = file
    try HDF5Scope.run { scope throws(HDF5Failure) in
      let root = try scope.own(H5Gopen2(file, "/", hid_t(H5P_DEFAULT)))
      try Self.setGroupAttributes(of: root)
      try Self.setAttribute("PYTABLES_FORMAT_VERSION", "2.1", of: root)
      for attribute in attributes { try Self.setAttribute(attribute.name, attribute.text, of: root) }
    }
  }

  /// Returns where the elements belong in the file, if they come later.
  mutating func write(_ entry: HDF5Writer.Entry) throws(HDF5Failure) -> Int? {
    let parts = entry.parts
    for count in 1..<max(parts.count, 1) { try makeGroup("/" + parts.prefix(count).joined(separator: "/")) }
    let (file, path) = (file, "/" + parts.joined(separator: "/"))
    return try HDF5Scope.run { scope throws(HDF5Failure) in
      let type = try HDF5ElementType.standard(entry.elements, &scope)
      let space = try Self.space(of: entry, &scope)
      let creation = try Self.creation(of: entry, &scope)
      let names = try Self.utf8Names(&scope)
      let dataset = try scope.own(H5Dcreate2(file, path, type, space, names, creation, hid_t(H5P_DEFAULT)))
      if let write = entry.write, !entry.shape.contains(0) { try checked(write(dataset, type)) }
      let node = entry.node
      try Self.setAttribute("CLASS", node.type, of: dataset)
      try Self.setAttribute("VERSION", node.version, of: dataset)
      try Self.setAttribute("TITLE", "", of: dataset)
      try Self.setAttribute("FLAVOR", node.flavor, of: dataset)
      guard entry.write == nil else { return nil }
      if entry.shape.contains(0) { return 0 }
      guard let offset = Int(exactly: H5Dget_offset(dataset)) else {
        throw HDF5Failure(reason: "the library gives no place for the elements of \(path)")
      }
      return offset
    }
  }

  private static func space(of entry: HDF5Writer.Entry, _ scope: inout HDF5Scope) throws(HDF5Failure) -> hid_t {
    let lengths = entry.shape.map { hsize_t($0) }
    if lengths.isEmpty { return try scope.own(H5Screate(H5S_SCALAR)) }
    guard case .sequences = entry.elements else {
      return try scope.own(H5Screate_simple(Int32(lengths.count), lengths, nil))
    }
    // All bits are set where there is no limit.
    return try scope.own(H5Screate_simple(1, lengths, [hsize_t.max]))
  }

  private mutating func makeGroup(_ path: String) throws(HDF5Failure) {
    guard groups.insert(path).inserted else { return }
    let file = file
    try HDF5Scope.run { scope throws(HDF5Failure) in
      let names = try Self.utf8Names(&scope)
      let group = try scope.own(H5Gcreate2(file, path, names, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
      try Self.setGroupAttributes(of: group)
    }
  }

  private static func utf8Names(_ scope: inout HDF5Scope) throws(HDF5Failure) -> hid_t {
    let names = try scope.own(H5Pcreate(cbu_h5p_link_create()))
    try checked(H5Pset_char_encoding(names, H5T_CSET_UTF8))
    return names
  }

  private static func creation(of entry: HDF5Writer.Entry, _ scope: inout HDF5Scope) throws(HDF5Failure) -> hid_t {
    let creation = try scope.own(H5Pcreate(cbu_h5p_dataset_create()))
    // The time would make each file another.
    try checked(H5Pset_obj_track_times(creation, false))
    guard let chunkShape = entry.chunkShape, case .chunked(_, let level, let shuffling) = entry.layout else {
      try checked(H5Pset_layout(creation, H5D_CONTIGUOUS))
      if entry.write == nil {
        try checked(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY))
        try checked(H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER))
      }
      return creation
    }
    try checked(H5Pset_chunk(creation, Int32(chunkShape.count), chunkShape.map { hsize_t($0) }))
    if shuffling { try checked(H5Pset_shuffle(creation)) }
    if let level { try checked(H5Pset_deflate(creation, UInt32(level))) }
    return creation
  }

  private static func setGroupAttributes(of group: hid_t) throws(HDF5Failure) {
    try setAttribute("CLASS", "GROUP", of: group)
    try setAttribute("TITLE", "", of: group)
    try setAttribute("VERSION", "1.0", of: group)
  }

  /// An empty text is an attribute without elements, since no type has no bytes.
  private static func setAttribute(_ name: String, _ text: String, of object: hid_t) throws(HDF5Failure) {
    try HDF5Scope.run { scope throws(HDF5Failure) in
      let type = try scope.own(cbu_h5t_c_string(max(text.utf8.count, 1)))
      let space = try scope.own(H5Screate(text.isEmpty ? H5S_NULL : H5S_SCALAR))
      let attribute = try scope.own(
        H5Acreate2(object, name, type, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
      if !text.isEmpty { try checked(H5Awrite(attribute, type, text)) }
    }
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
