/// A polynomial of the values modulo 2^64, the first value with the highest power. The goldens of NumPy's draws
/// are digests.
public func digest<T: FixedWidthInteger>(_ values: some Sequence<T>) -> UInt64 {
  values.reduce(0) { sum, value in sum &* 6_364_136_223_846_793_005 &+ UInt64(truncatingIfNeeded: value) }
}

/// A digest of the bits.
public func digest(_ values: some Sequence<Double>) -> UInt64 { digest(values.map(\.bitPattern)) }

/// Multiples of 2^-30: those of NumPy's normal numbers are the same over any C library, while the numbers are not. The
/// scripts that made the goldens make sure that no number is within 10^-5 of where the rounding changes.
public func rounded(_ values: some Sequence<Double>) -> [Int64] {
  values.map { Int64(($0 * 0x1p30).rounded(.toNearestOrEven)) }
}
