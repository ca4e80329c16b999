import BatchUp
import CHDF5

extension HDF5Writer {
  /// What a data set consists of.
  enum Elements: Hashable, Sendable {
    case scalars(NPYElementType)
    /// Texts of at most so many bytes, filled up with zeros.
    case strings(byteCount: Int)
    /// Rows of Int32 with a length each.
    case sequences

    /// The size of an element in the array itself.
    var byteCount: Int {
      switch self {
      case .scalars(let type): type.byteCount
      case .strings(let byteCount): byteCount
      case .sequences: HDF5Sequences.referenceSize
      }
    }
  }

  /// Adds texts, as an array of one axis whose elements are their UTF-8 bytes, all filled up with zeros to the length
  /// of the longest one: what PyTables makes of a list of byte strings, and gives back as one.
  public mutating func add(_ strings: [String], named name: String) {
    let byteCount = max(strings.map(\.utf8.count).max() ?? 1, 1)
    let bytes = strings.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: byteCount - $0.utf8.count) }
    add(
      Entry(name: name, elements: .strings(byteCount: byteCount), shape: [strings.count], layout: .contiguous) {
        H5Dwrite($0, $1, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), bytes)
      })
  }

  /// Adds rows that need not be equally long: a `VLArray` to PyTables.
  public mutating func add(_ rows: [[Int32]], named name: String) {
    let write = { @Sendable (dataset: hid_t, type: hid_t) -> herr_t in
      var elements = rows.flatMap { $0 }
      return elements.withUnsafeMutableBufferPointer { elements in
        var position = 0
        let sequences = rows.map { row in
          defer { position += row.count }
          let start = elements.baseAddress.map { UnsafeMutableRawPointer($0 + position) }
          return hvl_t(len: row.count, p: start)
        }
        return H5Dwrite(dataset, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), sequences)
      }
    }
    add(
      Entry(
        name: name, elements: .sequences, shape: [rows.count], layout: .chunked(rowCount: max(rows.count, 1)),
        write: write))
  }

  /// Adds an array whose rows are appended, in blocks, while the file is written: for one that does not fit into memory.
  ///
  /// - Precondition: the shape has a first axis, and no length is negative.
  public mutating func reserve<Scalar: NPYScalar>(shape: [Int], of: Scalar.Type, named name: String) {
    precondition(!shape.isEmpty && shape.allSatisfy { $0 >= 0 }, "an array of rows cannot have the shape \(shape)")
    add(
      Entry(
        name: name, elements: .scalars(Scalar.npyElementType), shape: shape, layout: .contiguous, write: nil))
  }

  /// Writes the file, over one of the same name, with rows that `body` appends; it appears whole or not at all.
  ///
  /// - Throws: `HDF5Error`, also where rows are missing or too many, and what `body` throws.
  public func write(to path: String, filling body: (inout HDF5RowOutput) throws -> Void) throws {
    var output = try begun(at: path)
    try body(&output)
    try output.finish()
  }
}
