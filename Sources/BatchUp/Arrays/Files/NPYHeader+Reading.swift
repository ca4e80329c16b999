extension NPYHeader {
  /// - Throws: where header and data are not so many bytes.
  package func requireByteCount(_ count: Int, path: String) throws(NPYError) {
    let found = count - byteCount
    if found < dataByteCount { throw .truncatedData(path: path, expected: dataByteCount, found: found) }
    if found > dataByteCount {
      throw .trailingBytes(path: path, expected: dataByteCount, count: found - dataByteCount)
    }
  }

  /// The array of this header, in this machine's byte order and in C order.
  ///
  /// `read` fills buffers with the data, from front to end: one for all, or pieces where they are in Fortran order.
  ///
  /// - Precondition: the header's element type is that of `Scalar`, and the system grants the memory.
  package func array<Scalar: NPYScalar, Failure: Error>(
    of: Scalar.Type = Scalar.self, reading read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> NDArray<Scalar> {
    precondition(elementType == Scalar.npyElementType, "an array of \(elementType) is not one of \(Scalar.self)")
    return try NDArray(unsafeUninitializedShape: shape) { elements throws(Failure) in
      let bytes = UnsafeMutableRawBufferPointer(elements)
      if isFortranOrder {
        try readFortranOrder(into: elements, reading: read)
      } else {
        try read(bytes)
      }
      ElementConversion(elementType, byteOrder).apply(to: bytes, elementSize: MemoryLayout<Scalar>.size)
    }
  }

  private func readFortranOrder<Scalar: BitwiseCopyable, Failure: Error>(
    into elements: UnsafeMutableBufferPointer<Scalar>,
    reading read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var order = FortranOrder<Scalar>(shape: shape)
    let pieceLength = min(elements.count, 1 << 17)
    let piece = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: pieceLength)
    defer { piece.deallocate() }
    for start in stride(from: 0, to: elements.count, by: pieceLength) {
      let part = UnsafeMutableBufferPointer(rebasing: piece[..<min(pieceLength, elements.count - start)])
      try read(UnsafeMutableRawBufferPointer(part))
      order.put(UnsafeBufferPointer(part), into: elements)
    }
  }
}
