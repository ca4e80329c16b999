import CBatchKernels
import Testing

extension KernelTests {
  /// The values of converted elements; GatherConvertedTests has their places.
  @Suite struct ConversionTests {
    struct Factors: Sendable {
      var scale: Float
      var offset: Float

      func callAsFunction(_ value: Float) -> Float {
        let product = value * scale
        return product + offset
      }
    }

    static let factors = [
      Factors(scale: 1, offset: 1),
      Factors(scale: 1 / 255, offset: 0),
      Factors(scale: 1 / 255, offset: -0.5),
      Factors(scale: 1 / 255 / 0.3081, offset: -0.1307 / 0.3081),
      Factors(scale: -0.007_843_137, offset: 1),
      Factors(scale: 3.4e38, offset: 0x1p-140),
    ]

    static func convert(_ elements: SourceElements, _ element: cbk_element, _ factors: Factors)
      -> [Float]
    {
      let conversion = ConversionCase(
        element: element, width: elements.floats.count, scales: [factors.scale],
        offsets: [factors.offset])
      var result = [Float](repeating: 0, count: elements.floats.count)
      conversion.withConversion { cbk_convert_rows(elements.bytes, $0, nil, &result, 1) }
      return result
    }

    /// Bit patterns, but of NaN that it is one.
    static func bits(_ floats: [Float]) -> [UInt32] {
      floats.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
    }

    /// Factors that tell two roundings from one, lest the tests pass with a fused product and sum.
    @Test func someFactorsTellFusedFromSeparateRounding() {
      let fused = Self.factors.map { factors in
        (0..<256).count {
          factors(Float($0)) != factors.offset.addingProduct(Float($0), factors.scale)
        }
      }
      #expect(fused.contains { $0 > 10 })
    }

    @Test(arguments: SourceElements.types)
    func allBitPatterns(element: cbk_element) {
      let isByte = element == CBK_ELEMENT_UINT8 || element == CBK_ELEMENT_INT8
      // All of one or two bytes; of four, the extreme ones and a sample.
      let elements =
        element == CBK_ELEMENT_INT32 || element == CBK_ELEMENT_FLOAT32
        ? SourceElements(element, count: 5000)
        : SourceElements(element, patterns: Array(0..<(isByte ? 256 : 65536)))
      for factors in isByte ? Self.factors : [Self.factors[0], Self.factors[3]] {
        let expected = Self.bits(elements.floats.map { factors($0) })
        withEachISA { isa in
          #expect(
            Self.bits(Self.convert(elements, element, factors)) == expected,
            "\(name(isa)) \(factors)")
        }
      }
    }

    @Test func roundsIntegersToTheNearestEvenFloat() {
      let patterns: [UInt32] = [
        0x100_0001, 0x100_0002, 0x100_0003, 0x7FFF_FFFF, 0x8000_0000, 0xFEFF_FFFF, 0xFEFF_FFFD,
      ]
      let elements = SourceElements(CBK_ELEMENT_INT32, patterns: patterns)
      let expected: [Float] = [
        16_777_216, 16_777_218, 16_777_220, 2_147_483_648, -2_147_483_648, -16_777_216, -16_777_220,
      ]
      withEachISA { isa in
        #expect(
          Self.convert(elements, CBK_ELEMENT_INT32, Factors(scale: 1, offset: 0)) == expected,
          "\(name(isa))")
      }
    }

    @Test func widensHalvesExactly() {
      let patterns: [UInt32] = [0x0001, 0x83FF, 0x0400, 0x3555, 0xC000, 0x7BFF, 0x7C00, 0xFC00]
      let elements = SourceElements(CBK_ELEMENT_FLOAT16, patterns: patterns)
      let expected: [Float] = [
        0x1p-24, -0x1.FF8p-15, 0x1p-14, 0x1.554p-2, -2, 65504, .infinity, -.infinity,
      ]
      withEachISA { isa in
        #expect(
          Self.convert(elements, CBK_ELEMENT_FLOAT16, Factors(scale: 1, offset: 0)) == expected,
          "\(name(isa))")
      }
    }

    /// Quiet NaNs and -0 among them, mirrored and not, with offsets 0 and -0.
    @Test func scaleOneAndOffsetZeroCopyExactly() {
      let patterns: [UInt32] = [
        0x8000_0000, 0, 0x7FC1_2345, 0xFFC0_0001, 1, 0x8000_0003, 0x7F80_0000, 0x3F80_0001,
      ]
      let elements = SourceElements(
        CBK_ELEMENT_FLOAT32, patterns: Array(repeating: patterns, count: 5).flatMap { $0 })
      for layout in [CBK_LAYOUT_CHANNELS_FIRST, CBK_LAYOUT_CHANNELS_LAST] {
        for offsets: [Float] in [[0], [-0.0], [0, -0.0]] {
          let conversion = ConversionCase(
            element: CBK_ELEMENT_FLOAT32, layout: layout, channels: offsets.count,
            width: 40 / offsets.count,
            scales: offsets.map { _ in 1 }, offsets: offsets)
          for flip: UInt8 in [0, 1] {
            // Positions go through the specification as floats, which keep what they are.
            let positions = ConversionCase(
              element: CBK_ELEMENT_FLOAT32, layout: layout, channels: offsets.count,
              width: 40 / offsets.count,
              scales: [1], offsets: [0]
            ).converted((0..<40).map(Float.init), row: 0, flipped: flip != 0)
            withEachISA { isa in
              var result = [Float](repeating: 0, count: 40)
              conversion.withConversion { cbk_convert_rows(elements.bytes, $0, [flip], &result, 1) }
              #expect(
                result.map(\.bitPattern) == positions.map { elements.floats[Int($0)].bitPattern },
                "\(name(isa)) flip \(flip) \(conversion)")
            }
          }
        }
      }
    }

    /// Channels whose offsets differ in the sign of zero only.
    @Test func keepsTheSignOfAnOffset() {
      let elements = SourceElements(
        CBK_ELEMENT_FLOAT32, patterns: Array(repeating: 1 << 31, count: 40))
      let conversion = ConversionCase(
        element: CBK_ELEMENT_FLOAT32, layout: CBK_LAYOUT_CHANNELS_LAST, channels: 2, width: 20,
        scales: [2, 2],
        offsets: [0, -0.0])
      withEachISA { isa in
        var result = [Float](repeating: 1, count: 40)
        conversion.withConversion { cbk_convert_rows(elements.bytes, $0, nil, &result, 1) }
        #expect(result.map(\.sign) == (0..<40).map { $0 % 2 == 0 ? .plus : .minus }, "\(name(isa))")
      }
    }
  }
}
