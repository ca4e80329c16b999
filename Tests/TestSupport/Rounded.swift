/// Multiples of 2^-30: those of NumPy's normal numbers are the same over any C library, while the numbers are not. The
/// script that makes the goldens makes sure that no number is within 10^-5 of where the rounding changes.
public func rounded(_ values: some Sequence<Double>) -> [Int64] {
  values.map { Int64(($0 * 0x1p30).rounded(.toNearestOrEven)) }
}
