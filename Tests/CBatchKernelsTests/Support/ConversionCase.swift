import CBatchKernels

/// The elements of a source: their bytes, and the floats they stand for.
struct SourceElements {
  var bytes: [UInt8] = []
  var floats: [Float] = []

  static let types = [
    CBK_ELEMENT_UINT8, CBK_ELEMENT_INT8, CBK_ELEMENT_UINT16, CBK_ELEMENT_INT16, CBK_ELEMENT_INT32,
    CBK_ELEMENT_FLOAT16, CBK_ELEMENT_FLOAT32,
  ]

  /// Bit patterns at the ends of a type's range and around what is special in it.
  private static func extremes(_ type: cbk_element) -> [UInt32] {
    switch type {
    case CBK_ELEMENT_FLOAT16:
      // Zeros, subnormals, 1, the largest, infinities, NaNs (the last one signalling).
      [
        0, 0x8000, 1, 0x8001, 0x3FF, 0x400, 0x3C00, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00, 0xFFFF,
        0x7C01,
      ]
    case CBK_ELEMENT_FLOAT32:
      [
        0, 1 << 31, 1, 0x8000_0001, 0x7F_FFFF, 0x80_0000, 0x3F80_0000, 0x7F7F_FFFF, 0xFF7F_FFFF,
        0x7F80_0000,
        0xFF80_0000, 0x7FC0_1234, 0xFFC0_0001, 0x7F80_0001,
      ]
    case CBK_ELEMENT_INT32:
      // Ties between two floats, with even and odd neighbours, and what is next to them.
      [
        0, 1, .max, 1 << 31, 0x7FFF_FFFF, 0x8000_0001, 0x100_0001, 0x100_0002, 0x100_0003,
        0xFEFF_FFFF, 0x200_0002,
        0x200_0006, 0x7FFF_FFC0, 0x7FFF_FFBF,
      ]
    default:
      [0, 1, 0x7F, 0x80, 0x81, 0xFF, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
    }
  }

  /// `count` elements, the extreme ones first, then without a pattern.
  init(_ type: cbk_element, count: Int) {
    let extremes = Self.extremes(type)
    for i in 0..<count {
      append(
        i < extremes.count ? extremes[i] : UInt32(truncatingIfNeeded: i &+ 1) &* 2_654_435_761,
        as: type)
    }
  }

  /// Elements of these bit patterns.
  init(_ type: cbk_element, patterns: [UInt32]) {
    for pattern in patterns { append(pattern, as: type) }
  }

  private mutating func append(_ pattern: UInt32, as type: cbk_element) {
    switch type {
    case CBK_ELEMENT_UINT8: append(UInt8(truncatingIfNeeded: pattern)) { Float($0) }
    case CBK_ELEMENT_INT8: append(Int8(truncatingIfNeeded: pattern)) { Float($0) }
    case CBK_ELEMENT_UINT16: append(UInt16(truncatingIfNeeded: pattern)) { Float($0) }
    case CBK_ELEMENT_INT16: append(Int16(truncatingIfNeeded: pattern)) { Float($0) }
    case CBK_ELEMENT_INT32: append(Int32(truncatingIfNeeded: pattern)) { Float($0) }
    case CBK_ELEMENT_FLOAT16: append(UInt16(truncatingIfNeeded: pattern), Self.float(half:))
    default: append(pattern) { Float(bitPattern: $0) }
    }
  }

  private mutating func append<Value: FixedWidthInteger>(_ value: Value, _ widen: (Value) -> Float) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    floats.append(widen(value))
  }

  /// IEEE 754 binary16, from its definition.
  static func float(half: UInt16) -> Float {
    let sign = half >> 15 == 0 ? FloatingPointSign.plus : .minus
    let exponent = Int(half >> 10 & 31)
    let fraction = Float(half & 1023) / 1024
    if exponent == 31 {
      return fraction == 0 ? Float(sign: sign, exponent: 0, significand: .infinity) : .nan
    }
    if exponent == 0 { return Float(sign: sign, exponent: -14, significand: fraction) }
    return Float(sign: sign, exponent: exponent - 15, significand: 1 + fraction)
  }
}

/// A `cbk_conversion` that owns its scales and offsets.
struct ConversionCase {
  var element = CBK_ELEMENT_UINT8
  var layout = CBK_LAYOUT_CHANNELS_FIRST
  var channels = 1
  var height = 1
  var width = 1
  /// One per channel, or one.
  var scales: [Float] = [1 / 255 / 0.3081]
  var offsets: [Float] = [-0.1307 / 0.3081]

  var rowLength: Int { channels * height * width }

  /// Different for every channel.
  mutating func varyFactors() {
    scales = (0..<channels).map { 0.007_843_137 * Float($0 + 1) }
    offsets = (0..<channels).map { 0.1 - Float($0) / 3 }
  }

  func withConversion<R>(_ body: (UnsafePointer<cbk_conversion>) -> R) -> R {
    scales.withUnsafeBufferPointer { scales in
      offsets.withUnsafeBufferPointer { offsets in
        var conversion = cbk_conversion(
          element: element, layout: layout, channels: channels, height: height, width: width,
          scales: scales.baseAddress, offsets: offsets.baseAddress, per_channel: scales.count > 1)
        return body(&conversion)
      }
    }
  }

  /// The specification, for the row at `row` of `source`.
  func converted(_ source: [Float], row: Int, flipped: Bool) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(rowLength)
    let isPlanar = layout == CBK_LAYOUT_CHANNELS_FIRST
    for position in 0..<rowLength {
      let x = isPlanar ? position % width : position / channels % width
      let channel = isPlanar ? position / width / height : position % channels
      let mirrored = flipped ? position + (width - 1 - 2 * x) * (isPlanar ? 1 : channels) : position
      let factor = scales.count > 1 ? channel : 0
      let product = source[row * rowLength + mirrored] * scales[factor]
      result.append(product + offsets[factor])
    }
    return result
  }
}

extension GuardedBuffer {
  /// As `holds`, any NaN for any other.
  func holdsFloats(_ expected: [Float], at edge: Edge) -> Bool {
    if holds(expected, at: edge) { return true }
    let start = region(expected.count * 4, at: edge).assumingMemoryBound(to: Float.self)
    for i in expected.indices where start[i].isNaN && expected[i].isNaN { start[i] = expected[i] }
    return holds(expected, at: edge)
  }
}
