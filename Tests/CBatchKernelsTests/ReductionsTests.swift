import CBatchKernels
import Testing

/// Fixed values for the tests of reductions, and sums that are more precise than what they test.
enum ReductionValues {
  /// Values in [0.5, 1.5), with all fraction bits of a Float in use.
  static func floats(_ count: Int, key: UInt64) -> [Float] {
    let superblocks = (count + 63) / 64
    var words = [UInt32](repeating: 0, count: superblocks * 64)
    cbk_philox_fill(cbk_stream(key: key, stream: 9), 0, &words, superblocks)
    return words[..<count].map { 0.5 + Float($0 >> 9) * 0x1p-23 }
  }

  /// Values in [-magnitude, magnitude).
  static func signedFloats(_ count: Int, magnitude: Float, key: UInt64) -> [Float] {
    floats(count, key: key).map { ($0 - 1) * 2 * magnitude }
  }

  /// Values in [0.5, 1.5), with all fraction bits of a Double in use.
  static func doubles(_ count: Int, key: UInt64) -> [Double] {
    zip(floats(count, key: key), floats(count, key: key + 1000)).map { Double($0) + Double($1) * 0x1p-30 }
  }

  /// Neumaier's sum: its error, about 2^-53 of the sum where the terms have one sign, is far below the bounds tested.
  static func sum(_ terms: some Sequence<Double>) -> Double {
    var sum = 0.0
    var lost = 0.0
    for term in terms {
      let next = sum + term
      lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
      sum = next
    }
    return sum + lost
  }

  /// The sum in the order that cbk_reductions.h promises.
  static func documentedSum(_ terms: [Double]) -> Double {
    inParts(terms.count, of: CBK_REDUCTION_SEGMENT) { segment in
      inParts(segment.count, of: CBK_REDUCTION_BLOCK) { block in
        var lanes = [Double](repeating: 0, count: 32)
        for i in block { lanes[i % 32] += terms[segment.lowerBound + i] }
        for half in [16, 8, 4, 2, 1] {
          for lane in 0..<half { lanes[lane] += lanes[lane + half] }
        }
        return lanes[0]
      }
    }
  }

  private static func inParts(_ count: Int, of size: Int, sum: (Range<Int>) -> Double) -> Double {
    stride(from: 0, to: count, by: size).reduce(0) { $0 + sum($1..<min($1 + size, count)) }
  }

  /// The most that a sum of positive terms may lose: see ACCURACY in cbk_reductions.h.
  static let sumBound = 513 * 0x1p-53

  /// The same for OpenBLAS's sum of a block, which may add its 8,192 elements one after the other.
  static let blasSumBound = (8192 + 129) * 0x1p-53
}

/// Equal bits, or two NaNs.
func areSame(_ a: Double, _ b: Double) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }
func areSame(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }
