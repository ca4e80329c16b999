import BatchUpSystem

extension NDArray where Scalar: NPYScalar {
  /// Writes the array to an .npy file, byte for byte as `numpy.save` would, in place of a file that is there already.
  ///
  /// The file appears whole or not at all: it is written under another name in the same folder, and gets its own once
  /// all of it is on the disk.
  public func write(npyFile path: String) throws(NPYError) {
    let header = NPYHeader.bytes(elementType: Scalar.npyElementType, shape: shape)
    let file: PendingFile
    do {
      file = try PendingFile(replacing: path)
    } catch {
      switch error {
      case .system(let error): throw .cannotWrite(path: path, reason: error.text)
      case .notRegular: throw .notRegularFile(path: path)
      }
    }
    do { try write(header, to: file) } catch { throw .cannotWrite(path: path, reason: error.text) }
  }

  private func write(_ header: [UInt8], to file: PendingFile) throws(SystemError) {
    try file.write(header, at: 0)
    try withUnsafeBufferPointer { elements throws(SystemError) in
      try file.write(UnsafeRawBufferPointer(elements), at: header.count)
    }
    try file.complete()
  }
}
