import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  @Suite(.namingCases) struct GatherConvertedTests {
    static let rowCount = GatherTests.rowCount
    /// Neighbours with and without, for five rows.
    static let mixedFlips: [UInt8] = [0, 1, 0xFF, 0, 2]

    /// Checks one conversion of five rows on every instruction set, at both edges of memory, with and without
    /// flips, and as if the source exceeded the caches.
    static func check(
      _ conversion: ConversionCase, _ elements: SourceElements, in buffers: Buffers,
      _ mismatches: inout Mismatches
    ) {
      let indices = GatherTests.indices(5)
      let byteCount = elements.bytes.count / elements.floats.count * rowCount * conversion.rowLength
      let bytes = Array(elements.bytes[..<byteCount])
      for flips in [nil, mixedFlips] {
        let expected = indices.enumerated().flatMap { i, row in
          conversion.converted(elements.floats, row: row, flipped: (flips?[i] ?? 0) != 0)
        }
        for edge in GuardedBuffer.Edge.allCases {
          let source = buffers.source.region(of: bytes, at: edge)
          let start = buffers.destination.region(expected.count * 4, at: edge).assumingMemoryBound(
            to: Float.self)
          withEachISA { isa in
            buffers.destination.fillWithCanaries()
            let isWide = (conversion.width + conversion.channels) % 2 == 0
            let claimed = GatherTests.claimedRowCounts[edge == .front ? 0 : 1]
            let valid = conversion.withConversion {
              isWide
                ? cbk_gather_converted_u64(
                  source, claimed, indices.map(UInt64.init), $0, flips, start, 5)
                : cbk_gather_converted_u32(
                  source, claimed, indices.map(UInt32.init), $0, flips, start, 5)
            }
            mismatches.check(
              valid == 5 && buffers.destination.holdsFloats(expected, at: edge),
              "\(name(isa)) \(edge) flips \(flips ?? []) \(conversion)")
          }
        }
      }
    }

    final class Buffers {
      let source = GuardedBuffer(capacity: 64 * 1024)
      let destination = GuardedBuffer(capacity: 64 * 1024)
    }

    /// Widths to three vectors of the widest kind and one.
    @Test(arguments: SourceElements.types, [CBK_LAYOUT_CHANNELS_FIRST, CBK_LAYOUT_CHANNELS_LAST])
    func allSmallShapes(element: cbk_element, layout: cbk_layout) {
      let elements = SourceElements(element, count: Self.rowCount * 5 * 49 * 2)
      let buffers = Buffers()
      var mismatches = Mismatches()
      var conversion = ConversionCase(element: element, layout: layout)
      for channels in 1...5 {
        conversion.channels = channels
        conversion.varyFactors()
        for width in 1...49 {
          conversion.width = width
          conversion.height = 1 + (width + channels) % 2
          Self.check(conversion, elements, in: buffers, &mismatches)
        }
      }
      mismatches.expectNone()
    }

    @Test(arguments: SourceElements.types)
    func oneFactorForAllChannels(element: cbk_element) {
      let elements = SourceElements(element, count: Self.rowCount * 500)
      let buffers = Buffers()
      var mismatches = Mismatches()
      withEvery("layout", in: [CBK_LAYOUT_CHANNELS_FIRST, CBK_LAYOUT_CHANNELS_LAST]) { layout in
        withEvery("channels", in: [1, 2, 3, 5, 17]) { channels in
          withEvery("width", in: [1, 2, 5, 8, 9, 14]) { width in
            var conversion = ConversionCase(
              element: element, layout: layout, channels: channels, height: 2, width: width)
            Self.check(conversion, elements, in: buffers, &mismatches)
            // The same, but given per channel.
            conversion.scales = Array(repeating: conversion.scales[0], count: channels)
            conversion.offsets = Array(repeating: conversion.offsets[0], count: channels)
            Self.check(conversion, elements, in: buffers, &mismatches)
          }
        }
      }
      mismatches.expectNone()
    }

    /// Pixels that fill vectors of each width and exceed them, and rows of columns (one pixel each).
    @Test(arguments: [CBK_LAYOUT_CHANNELS_FIRST, CBK_LAYOUT_CHANNELS_LAST])
    func manyChannels(layout: cbk_layout) {
      let elements = SourceElements(CBK_ELEMENT_INT16, count: Self.rowCount * 50 * 6)
      let buffers = Buffers()
      var mismatches = Mismatches()
      for channels in 6...50 {
        for (height, width) in [(1, 1), (1, 2), (2, 3)] {
          var conversion = ConversionCase(
            element: CBK_ELEMENT_INT16, layout: layout, channels: channels, height: height,
            width: width)
          conversion.varyFactors()
          Self.check(conversion, elements, in: buffers, &mismatches)
        }
      }
      mismatches.expectNone()
    }

    /// Rows below and above the length that is prefetched, more of them than are prefetched ahead.
    @Test(arguments: [64, 784, 3072, 8192, 8193, 9000])
    func longRows(length: Int) {
      let indices = GatherTests.indices(25).map(UInt32.init)
      let flips = (0..<25).map { UInt8($0 % 3 % 2) }
      let sourceBuffer = GuardedBuffer(capacity: Self.rowCount * length * 4)
      let destination = GuardedBuffer(capacity: 25 * length * 4)
      for element in [CBK_ELEMENT_UINT8, CBK_ELEMENT_FLOAT32] {
        let elements = SourceElements(element, count: Self.rowCount * length)
        let source = sourceBuffer.region(of: elements.bytes, at: .back)
        let conversion = ConversionCase(element: element, width: length)
        let rows = (0..<Self.rowCount).map {
          conversion.converted(elements.floats, row: $0, flipped: false)
        }
        let expected = zip(indices, flips).flatMap { row, flip -> [Float] in
          flip == 0 ? rows[Int(row)] : rows[Int(row)].reversed()
        }
        let start = destination.region(expected.count * 4, at: .back).assumingMemoryBound(
          to: Float.self)
        withEachISA { isa in
          for claimed in GatherTests.claimedRowCounts {
            destination.fillWithCanaries()
            let valid = conversion.withConversion {
              cbk_gather_converted_u32(source, claimed, indices, $0, flips, start, 25)
            }
            #expect(valid == 25)
            #expect(destination.holdsFloats(expected, at: .back), "\(name(isa)) \(element)")
          }
        }
      }
    }

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func rowsThatFollowOneAnother(edge: GuardedBuffer.Edge) {
      let elements = SourceElements(CBK_ELEMENT_UINT8, count: 50 * 60)
      let buffers = Buffers()
      var mismatches = Mismatches()
      for (layout, channels, width) in [
        (CBK_LAYOUT_CHANNELS_LAST, 1, 1), (CBK_LAYOUT_CHANNELS_LAST, 3, 2),
        (CBK_LAYOUT_CHANNELS_FIRST, 3, 4),
        (CBK_LAYOUT_CHANNELS_LAST, 13, 1), (CBK_LAYOUT_CHANNELS_LAST, 20, 3),
      ] {
        for isVarying in [false, true] {
          var conversion = ConversionCase(layout: layout, channels: channels, width: width)
          if isVarying { conversion.varyFactors() }
          for count in 0...50 {
            let source = buffers.source.region(
              of: Array(elements.bytes[..<(count * conversion.rowLength)]), at: edge)
            for flips in [nil, (0..<count).map { UInt8($0 % 3) }] {
              let expected = (0..<count).flatMap {
                conversion.converted(elements.floats, row: $0, flipped: (flips?[$0] ?? 0) != 0)
              }
              let start = buffers.destination.region(expected.count * 4, at: edge)
                .assumingMemoryBound(to: Float.self)
              withEachISA { isa in
                buffers.destination.fillWithCanaries()
                conversion.withConversion { cbk_convert_rows(source, $0, flips, start, count) }
                mismatches.check(
                  buffers.destination.holds(expected, at: edge),
                  "\(name(isa)) \(count) flipped: \(flips != nil) \(conversion)")
              }
            }
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func unalignedSources() {
      let buffers = Buffers()
      var mismatches = Mismatches()
      for element in SourceElements.types {
        let conversion = ConversionCase(element: element, channels: 3, height: 2, width: 7)
        let elements = SourceElements(element, count: Self.rowCount * conversion.rowLength)
        for misalignment in 0..<64 {
          let padding = [UInt8](repeating: 0, count: 64)
          let bytes = padding[..<misalignment] + elements.bytes + padding[misalignment...]
          let source = buffers.source.region(of: Array(bytes), at: .back)
          let expected = conversion.converted(elements.floats, row: 6, flipped: false)
          let start = buffers.destination.region(expected.count * 4, at: .back).assumingMemoryBound(
            to: Float.self)
          withEachISA { isa in
            buffers.destination.fillWithCanaries()
            _ = conversion.withConversion {
              cbk_gather_converted_u32(source + misalignment, Self.rowCount, [6], $0, nil, start, 1)
            }
            mismatches.check(
              buffers.destination.holdsFloats(expected, at: .back),
              "\(name(isa)) \(element) at \(misalignment)")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func indicesAreCheckedFirst() {
      let source = [UInt8](repeating: 1, count: Self.rowCount * 4)
      let destination = GuardedBuffer(capacity: 64)
      destination.fillWithCanaries()
      let start = destination.region(48, at: .back).assumingMemoryBound(to: Float.self)
      ConversionCase(width: 4).withConversion { conversion in
        withEachISA { _ in
          #expect(cbk_gather_converted_u32(source, 7, [0, 6, 7], conversion, nil, start, 3) == 2)
          #expect(
            cbk_gather_converted_u32(source, 7, [.max, 8, 7], conversion, [1, 1, 1], start, 3) == 0)
          #expect(
            cbk_gather_converted_u64(source, 7, [0, 1 << 32, 8], conversion, nil, start, 3) == 1)
          #expect(
            cbk_gather_converted_u64(source, 7, [1 << 63, 6, 6], conversion, [1, 1, 1], start, 3)
              == 0)
          #expect(cbk_gather_converted_u32(nil, 0, [0], conversion, nil, nil, 1) == 0)
          #expect(cbk_gather_converted_u32(nil, 0, nil, conversion, nil, nil, 0) == 0)
          #expect(cbk_gather_converted_u64(nil, 0, nil, conversion, nil, nil, 0) == 0)
          cbk_convert_rows(nil, conversion, nil, start, 0)
        }
      }
      #expect(destination.isUntouched())
    }

    /// The indices are checked all the same.
    @Test func emptyRows() {
      for axis in [\ConversionCase.channels, \.height, \.width] {
        var conversion = ConversionCase(channels: 2, height: 2, width: 2)
        conversion[keyPath: axis] = 0
        conversion.withConversion { conversion in
          withEachISA { _ in
            #expect(cbk_gather_converted_u32(nil, 3, [2, 2], conversion, [1, 1], nil, 2) == 2)
            #expect(cbk_gather_converted_u64(nil, 3, [2, 3], conversion, nil, nil, 2) == 1)
            cbk_convert_rows(nil, conversion, nil, nil, 3)
          }
        }
      }
    }
  }
}
