/// The sum of a function of integers, in the order of NumPy's pairwise summation of contiguous numbers: by halves of a
/// multiple of 8 down to 128 numbers, which are added in eight interleaved sums.
@inlinable
func pairwiseSum<Number: FloatingPoint>(_ range: Range<Int>, _ value: (Int) -> Number) -> Number {
  let first = range.lowerBound
  if range.count > 128 {
    let middle = first + range.count / 2 / 8 * 8
    return pairwiseSum(first..<middle, value) + pairwiseSum(middle..<range.upperBound, value)
  }
  if range.count < 8 { return range.reduce(0) { $0 + value($1) } }
  let whole = first + range.count / 8 * 8
  func laneSum(_ lane: Int) -> Number {
    stride(from: first + lane, to: whole, by: 8).reduce(0) { $0 + value($1) }
  }
  let sum =
    ((laneSum(0) + laneSum(1)) + (laneSum(2) + laneSum(3))) + ((laneSum(4) + laneSum(5)) + (laneSum(6) + laneSum(7)))
  return (whole..<range.upperBound).reduce(sum) { $0 + value($1) }
}
