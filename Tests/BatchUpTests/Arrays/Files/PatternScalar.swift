import BatchUp

/// Elements that follow from their position in C order; `scripts/check_numpy.py` computes the same ones.
protocol PatternScalar: NPYScalar, Equatable {
  static func make(fromBits bits: UInt64) -> Self
  /// From the lowest byte to the highest.
  var littleEndianBytes: [UInt8] { get }
}

extension PatternScalar {
  // Not an initializer: `map(Int32.init)` in other tests could mean it.
  static func element(at position: Int) -> Self {
    let product = UInt64(position + 1) &* 0x9E37_79B9_7F4A_7C15
    return make(fromBits: product ^ product >> 29)
  }

}

extension NDArray where Scalar: PatternScalar {
  static func pattern(shape: [Int]) -> NDArray {
    NDArray((0..<shape.reduce(1, *)).map(Scalar.element(at:)), shape: shape)
  }
}

extension PatternScalar where Self: FixedWidthInteger {
  static func make(fromBits bits: UInt64) -> Self { Self(truncatingIfNeeded: bits) }
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

/// Multiples of 1/16 below 64, which even Float16 has exactly.
private func sixteenths(_ bits: UInt64) -> Int { Int(bits & 0x7FF) - 1024 }

extension Int8: PatternScalar {}
extension Int16: PatternScalar {}
extension Int32: PatternScalar {}
extension Int64: PatternScalar {}
extension UInt8: PatternScalar {}
extension UInt16: PatternScalar {}
extension UInt32: PatternScalar {}
extension UInt64: PatternScalar {}

extension Bool: PatternScalar {
  static func make(fromBits bits: UInt64) -> Bool { bits & 1 == 1 }
  var littleEndianBytes: [UInt8] { [self ? 1 : 0] }
}

extension Float: PatternScalar {
  static func make(fromBits bits: UInt64) -> Float { Float(sixteenths(bits)) / 16 }
  var littleEndianBytes: [UInt8] { bitPattern.littleEndianBytes }
}

extension Double: PatternScalar {
  static func make(fromBits bits: UInt64) -> Double { Double(sixteenths(bits)) / 16 }
  var littleEndianBytes: [UInt8] { bitPattern.littleEndianBytes }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  extension Float16: PatternScalar {
    static func make(fromBits bits: UInt64) -> Float16 { Float16(sixteenths(bits)) / 16 }
    var littleEndianBytes: [UInt8] { bitPattern.littleEndianBytes }
  }
#endif

let patternTypes: [any PatternScalar.Type] = NPYElementType.allCases.compactMap {
  $0.scalarType as? any PatternScalar.Type
}

/// Shapes of all ranks to 5, with and without empty axes.
let patternShapes: [[Int]] = [
  [], [0], [1], [7], [3, 4], [0, 4], [4, 0], [1, 5], [5, 1], [2, 3, 4], [2, 0, 4], [2, 1, 3, 2], [3, 2, 2, 0],
  [2, 3, 1, 2, 2], [1, 1, 1, 1, 1],
]
