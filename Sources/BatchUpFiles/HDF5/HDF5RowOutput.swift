import BatchUp
import BatchUpSystem

/// An HDF5 file that is whole but for the rows of some arrays, which come block by block, in any order of the arrays.
public struct HDF5RowOutput: ~Copyable {
  private var file: AtomicFile<HDF5Error>
  private var places: [Place]
  private let contents: HDF5Contents

  /// Where the rows of an array belong.
  struct Place {
    let name: String
    let elementType: NPYElementType
    let shape: [Int]
    let offset: Int
    var rowCount = 0

    /// - Precondition: the entry is one of scalars.
    init(of entry: HDF5Writer.Entry, offset: Int) {
      guard case .scalars(let elementType) = entry.elements else { preconditionFailure("rows of \(entry.elements)") }
      self.elementType = elementType
      self.offset = offset
      name = entry.parts.joined(separator: "/")
      shape = entry.shape
    }
  }

  init(_ file: consuming AtomicFile<HDF5Error>, places: [Place], contents: HDF5Contents) {
    self.file = file
    self.places = places
    self.contents = contents
  }

  /// Writes rows behind those of that array which have come already.
  ///
  /// - Precondition: rows of that type and shape were reserved under the name.
  /// - Throws: `HDF5Error.cannotWrite`, also where there are more rows than were reserved.
  public mutating func append<Scalar: NPYScalar>(_ rows: NDArray<Scalar>, to name: String) throws(HDF5Error) {
    let key = name.utf8.first == UInt8(ascii: "/") ? String(name.dropFirst()) : name
    guard let number = places.firstIndex(where: { $0.name == key }) else {
      preconditionFailure("no rows were reserved under the name \(name)")
    }
    let place = places[number]
    let rowShape = Array(place.shape.dropFirst())
    precondition(
      place.elementType == Scalar.npyElementType && rows.hasSampleAxis && rowShape == rows.rowShape,
      "rows of \(rows.rowShape) \(Scalar.self) for an array of shape \(place.shape) of \(place.elementType)")
    guard rows.sampleCount <= place.shape[0] - place.rowCount else {
      throw .cannotWrite(
        path: file.path, reason: "\(name) was to have \(place.shape[0]) rows, and there are more")
    }
    let offset = place.offset + place.rowCount * rows.rowLength * MemoryLayout<Scalar>.size
    try rows.withUnsafeBufferPointer { elements throws(HDF5Error) in
      try file.fill(UnsafeRawBufferPointer(elements), at: offset)
    }
    places[number].rowCount += rows.sampleCount
  }

  consuming func finish() throws(HDF5Error) {
    for place in places where place.rowCount < place.shape[0] {
      throw .cannotWrite(
        path: file.path, reason: "/\(place.name) was to have \(place.shape[0]) rows, and there are \(place.rowCount)")
    }
    do throws(HDF5Error) { try contents.check(file.temporaryPath) } catch {
      throw .cannotWrite(path: file.path, reason: "it cannot be read back: \(error)")
    }
    try file.commit()
  }
}
