import BatchUpSystem

extension String {
  /// Creates the path of these bytes, which need not be UTF-8.
  ///
  /// All functions of this package that take a path use the bytes of `pathBytes`. A byte that is not UTF-8 becomes a
  /// private-use scalar from U+10F780 to U+10F7FF; all others are the scalars that they encode.
  public init(pathBytes bytes: some Collection<UInt8>) {
    self.init(systemBytes: bytes)
  }

  /// The bytes of the path, as the system knows it: UTF-8, but for the scalars from U+10F780 to U+10F7FF, which stand for
  /// single bytes.
  public var pathBytes: [UInt8] { systemBytes }
}
