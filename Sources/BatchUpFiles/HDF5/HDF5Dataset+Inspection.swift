import BatchUp
import CHDF5

// All of this runs inside of `HDF5Library.locked`.

extension HDF5Dataset {
  /// What a data set that is open says about itself. Nothing that it says about its size has been checked.
  init(named name: String, id: hid_t) throws(HDF5Failure) {
    self = try HDF5Scope.run { scope throws(HDF5Failure) in
      let type = try scope.own(H5Dget_type(id))
      let creation = try scope.own(H5Dget_create_plist(id))
      let storage = try HDF5Storage(of: id, creation: creation)
      // To tell the shape of a virtual data set, the library may open other files.
      let space = try scope.own(storage == .virtual ? H5Pget_virtual_vspace(creation, 0) : H5Dget_space(id))
      let shape = try Self.shape(of: space)
      let recognized = shape == nil ? nil : try HDF5ElementType.recognized(type)
      let description: String =
        if let recognized {
          recognized.0.description
        } else if shape == nil {
          "no elements, not even an empty array"
        } else {
          try HDF5ElementType.describe(type)
        }
      return HDF5Dataset(
        name: name, elementType: recognized?.0, typeDescription: description, shape: shape ?? [],
        byteOrder: recognized?.1 ?? .native, storage: storage)
    }
  }

  /// For a data set that cannot be opened, which must not hide the others.
  init(unreadable name: String, reason: String) {
    self.init(
      name: name, elementType: nil, typeDescription: "elements that cannot be told (\(reason))", shape: [],
      byteOrder: .native, storage: .unknown)
  }

  /// Nil where there is no array at all.
  private static func shape(of space: hid_t) throws(HDF5Failure) -> [Int]? {
    let kind = H5Sget_simple_extent_type(space)
    try checked(kind.rawValue)
    if kind == H5S_NULL { return nil }
    let rank = Int(try checked(H5Sget_simple_extent_ndims(space)))
    var lengths = [hsize_t](repeating: 0, count: rank)
    if rank > 0 { try checked(H5Sget_simple_extent_dims(space, &lengths, nil)) }
    return try lengths.map { length throws(HDF5Failure) in
      guard let length = Int(exactly: length) else { throw HDF5Failure(reason: "an axis has length \(length)") }
      return length
    }
  }
}

extension HDF5Storage {
  init(of dataset: hid_t, creation: hid_t) throws(HDF5Failure) {
    switch H5Pget_layout(creation) {
    case H5D_COMPACT: self = .compact
    case H5D_VIRTUAL: self = .virtual
    case H5D_CHUNKED:
      var lengths = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
      let rank = Int(try checked(H5Pget_chunk(creation, Int32(lengths.count), &lengths)))
      let filters = try HDF5Filter.all(of: creation).map(\.name)
      self = .chunked(shape: lengths.prefix(rank).map { Int(clamping: $0) }, filters: filters)
    case H5D_CONTIGUOUS:
      if try checked(H5Pget_external_count(creation)) > 0 {
        self = .external
      } else {
        // All bits are set where there is no address.
        self = Int(exactly: H5Dget_offset(dataset)).map { .contiguous(offset: $0) } ?? .notAllocated
      }
    case let layout:
      try checked(layout.rawValue)
      throw HDF5Failure(reason: "its layout is unknown")
    }
  }
}

/// What chunks go through on their way into a file.
struct HDF5Filter {
  let code: H5Z_filter_t
  let name: String

  /// Whether the library has it here, or a plugin for it.
  func isAvailable() throws(HDF5Failure) -> Bool { try checked(H5Zfilter_avail(code)) > 0 }

  /// The first one of a data set that the library does not have.
  static func missing(for dataset: hid_t) throws(HDF5Failure) -> HDF5Filter? {
    try HDF5Scope.run { scope throws(HDF5Failure) in
      let creation = try scope.own(H5Dget_create_plist(dataset))
      for filter in try all(of: creation) where try !filter.isAvailable() { return filter }
      return nil
    }
  }

  static func all(of creation: hid_t) throws(HDF5Failure) -> [HDF5Filter] {
    let count = try checked(H5Pget_nfilters(creation))
    return try (0..<UInt32(count)).map { index throws(HDF5Failure) in
      var flags: UInt32 = 0
      var valueCount = 0
      var config: UInt32 = 0
      var name = [CChar](repeating: 0, count: 64)
      let code = try checked(H5Pget_filter2(creation, index, &flags, &valueCount, nil, name.count - 1, &name, &config))
      let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      return HDF5Filter(code: code, name: knownNames[code] ?? (text.isEmpty ? "number \(code)" : text.briefly))
    }
  }

  /// Of those that come with the library or are registered, with h5py and PyTables.
  private static let knownNames: [H5Z_filter_t: String] = [
    1: "deflate", 2: "shuffle", 3: "fletcher32", 4: "szip", 5: "nbit", 6: "scaleoffset", 305: "lzo", 307: "bzip2",
    32000: "lzf", 32001: "blosc", 32004: "lz4", 32008: "bitshuffle", 32015: "zstd", 32026: "blosc2",
  ]
}
