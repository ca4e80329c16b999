import BatchUpSystem

/// Normally distributed numbers of mean 0, by Box and Muller's transform of pairs of uniform ones.
func normalNumbers(
  count: Int, deviation: Float, using generator: inout some RandomNumberGenerator
) -> [Float] {
  var numbers: [Float] = []
  numbers.reserveCapacity(count + 1)
  while numbers.count < count {
    let bits = generator.next()
    // In (0, 1], so that there is a logarithm.
    let first = Float((bits >> 40) + 1) * 0x1p-24
    let angle = Float(bits & 0xFF_FFFF) * (0x1p-24 * 2 * .pi)
    let radius = deviation * (-2 * log(first)).squareRoot()
    numbers.append(radius * cos(angle))
    numbers.append(radius * sin(angle))
  }
  numbers.removeLast(numbers.count - count)
  return numbers
}
