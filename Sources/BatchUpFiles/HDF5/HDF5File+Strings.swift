import BatchUp
import BatchUpSystem
import CHDF5

extension HDF5File {
  /// Reads an array of one axis of texts of a fixed size: UTF-8, or Latin-1 where they are none, up to the first zero, or,
  /// where the file says that they are filled up with spaces, without those at their end.
  public func strings(named name: String) throws(HDF5Error) -> [String] {
    let dataset = try dataset(named: name)
    guard let (size, padding) = try stringForm(of: dataset), dataset.shape.count == 1 else {
      throw .wrongElements(
        path: path, dataset: dataset.name, expected: "a list of texts of a fixed size",
        found: "\(dataset.typeDescription) in an array of \(dataset.shape.count) axes")
    }
    if [.external, .virtual, .unknown].contains(dataset.storage) {
      throw .unsupportedStorage(path: path, dataset: dataset.name, storage: dataset.storage)
    }
    if let filter = try opened(dataset, { id, _ throws(HDF5Failure) in try HDF5Filter.missing(for: id) }) {
      throw .missingFilter(path: path, dataset: dataset.name, filter: filter.name)
    }
    guard let byteCount = elementByteCount(of: dataset.shape, elementSize: size) else {
      throw .overflowingShape(path: path, dataset: dataset.name, shape: dataset.shape)
    }
    if case .contiguous(let offset) = dataset.storage {
      try requireInside(dataset, offset: offset, byteCount: byteCount)
    }
    // The texts take memory besides the bytes: 16 bytes each, and those beyond 15 bytes a piece of their own.
    let neededByteCount = elementByteCount(of: dataset.shape, elementSize: 2 * size + 64) ?? .max
    guard systemGrants(byteCount: neededByteCount) else {
      throw .notEnoughMemory(path: path, dataset: dataset.name, expected: neededByteCount)
    }
    let bytes = try elementBytes(of: dataset, count: byteCount)
    return (0..<dataset.shape[0]).map { number in
      var bytes = bytes[number * size..<(number + 1) * size].prefix { $0 != 0 }
      if let padding { while bytes.last == padding { bytes.removeLast() } }
      return text(bytes)
    }
  }

  private func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  /// The size of each text, and the byte but zero that it is filled up with; nil where there are none of a fixed size.
  private func stringForm(of dataset: HDF5Dataset) throws(HDF5Error) -> (size: Int, padding: UInt8?)? {
    try opened(dataset) { id, scope throws(HDF5Failure) in
      let type = try scope.own(H5Dget_type(id))
      guard try HDF5ElementType.kind(of: type) == H5T_STRING else { return nil }
      if try checked(H5Tis_variable_str(type)) > 0 { return nil }
      let isPaddedWithSpaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD
      return (try checked(size: H5Tget_size(type)), isPaddedWithSpaces ? UInt8(ascii: " ") : nil)
    }
  }

  private func elementBytes(of dataset: HDF5Dataset, count: Int) throws(HDF5Error) -> [UInt8] {
    if count == 0 { return [] }
    return try opened(dataset) { id, scope throws(HDF5Failure) in
      let type = try scope.own(H5Dget_type(id))
      guard try checked(size: H5Tget_size(type)) * dataset.shape[0] == count else {
        throw HDF5Failure(reason: "it is another one than when the file was opened")
      }
      var bytes = [UInt8](repeating: 0, count: count)
      try checked(H5Dread(id, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), &bytes))
      return bytes
    }
  }

  /// Calls `body`, while no other thread is in the library, with the id of a data set and a scope for others.
  func opened<Result>(
    _ dataset: HDF5Dataset, _ body: (hid_t, inout HDF5Scope) throws(HDF5Failure) -> Result
  ) throws(HDF5Error) -> Result {
    let name = try libraryPath(of: dataset.name)
    do throws(HDF5Failure) {
      return try object.descriptor.run { scope throws(HDF5Failure) in
        try body(scope.own(H5Dopen2(object.id, name, hid_t(H5P_DEFAULT))), &scope)
      }
    } catch {
      throw error.readingError(path: path) { .invalidDataset(path: path, dataset: dataset.name, reason: $0) }
    }
  }
}
