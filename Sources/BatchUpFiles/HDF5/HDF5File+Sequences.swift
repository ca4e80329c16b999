import BatchUp
import CHDF5

extension HDF5File {
  /// Reads an array of one axis whose elements are rows of Int32 with a length each, as a `VLArray` of PyTables has
  /// them. libhdf5 only tells where they are.
  public func integerRows(named name: String) throws(HDF5Error) -> [[Int32]] {
    let dataset = try dataset(named: name)
    let byteOrder = try byteOrder(ofSequencesIn: dataset)
    guard let byteOrder, dataset.shape.count == 1 else {
      throw .wrongElements(
        path: path, dataset: dataset.name, expected: "a list of rows of Int32",
        found: "\(dataset.typeDescription) in an array of \(dataset.shape.count) axes")
    }
    var sequences = try HDF5Sequences(of: dataset, in: file, byteOrder: byteOrder)
    return try sequences.rows(count: dataset.shape[0], in: try pieces(of: dataset))
  }

  /// Nil where the elements are no rows of Int32.
  private func byteOrder(ofSequencesIn dataset: HDF5Dataset) throws(HDF5Error) -> ByteOrder? {
    try opened(dataset) { id, scope throws(HDF5Failure) in
      let type = try scope.own(H5Dget_type(id))
      guard try HDF5ElementType.kind(of: type) == H5T_VLEN else { return nil }
      let base = try scope.own(H5Tget_super(type))
      guard let (elementType, byteOrder) = try HDF5ElementType.recognized(base) else { return nil }
      return elementType == .int32 ? byteOrder : nil
    }
  }

  /// Where the references to rows are in the file, in the order of the rows.
  private func pieces(of dataset: HDF5Dataset) throws(HDF5Error) -> [HDF5Sequences.Piece] {
    switch dataset.storage {
    case .contiguous(let offset):
      return [HDF5Sequences.Piece(firstRow: 0, offset: offset, rowCount: dataset.shape[0])]
    case .notAllocated where dataset.shape[0] == 0: return []
    case .chunked(let shape, let filters) where filters.isEmpty:
      return try opened(dataset) { id, scope throws(HDF5Failure) in
        try Self.chunks(of: id, rowCount: shape[0], &scope)
      }
    default: throw .unsupportedStorage(path: path, dataset: dataset.name, storage: dataset.storage)
    }
  }

  private static func chunks(
    of id: hid_t, rowCount: Int, _ scope: inout HDF5Scope
  ) throws(HDF5Failure) -> [HDF5Sequences.Piece] {
    let space = try scope.own(H5Dget_space(id))
    var count: hsize_t = 0
    try checked(H5Dget_num_chunks(id, space, &count))
    var pieces: [HDF5Sequences.Piece] = []
    for number in 0..<count {
      var (first, address, size): (hsize_t, haddr_t, hsize_t) = (0, 0, 0)
      var mask: UInt32 = 0
      try checked(H5Dget_chunk_info(id, space, number, &first, &mask, &address, &size))
      guard let offset = Int(exactly: address), let firstRow = Int(exactly: first),
        size == rowCount * HDF5Sequences.referenceSize
      else { throw HDF5Failure(reason: "chunk \(number) is not in the file whole") }
      pieces.append(HDF5Sequences.Piece(firstRow: firstRow, offset: offset, rowCount: rowCount))
    }
    return pieces.sorted { $0.firstRow < $1.firstRow }
  }
}
