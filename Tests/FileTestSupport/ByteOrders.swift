public func littleEndianBytes<Bits: FixedWidthInteger>(_ bits: Bits) -> [UInt8] {
  withUnsafeBytes(of: bits.littleEndian, Array.init)
}
