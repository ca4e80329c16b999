import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct RescaleTests {
    static let allBytes = Array(UInt8.min...UInt8.max)

    struct Scaling: Sendable {
      var scale: Float
      var offset: Float

      /// The specification: product and sum rounded one after the other.
      func callAsFunction(_ byte: UInt8) -> Float {
        let product = Float(byte) * scale
        return product + offset
      }
    }

    static let scalings = [
      Scaling(scale: 1, offset: 0),
      Scaling(scale: 1 / 255, offset: 0),
      Scaling(scale: 1 / 255, offset: -0.5),
      Scaling(scale: 1 / 255 / 0.3081, offset: -0.1307 / 0.3081),
      Scaling(scale: -0.007_843_137, offset: 1),
      Scaling(scale: 3.4e38, offset: 0x1p-140),
    ]

    /// Pairs that tell two roundings from one, lest the tests pass with a fused product and sum.
    @Test func someScalingsTellFusedFromSeparateRounding() {
      let fused = Self.scalings.map { scaling in
        Self.allBytes.count { byte in
          scaling(byte) != scaling.offset.addingProduct(Float(byte), scaling.scale)
        }
      }
      #expect(fused.contains { $0 > 10 })
    }

    @Test(arguments: scalings)
    func everyByte(scaling: Scaling) {
      let expected = Self.allBytes.map { scaling($0).bitPattern }
      withEachISA { isa in
        var floats = [Float](repeating: .nan, count: 256)
        cbk_rescale(Self.allBytes, &floats, 256, scaling.scale, scaling.offset)
        #expect(floats.map(\.bitPattern) == expected, "\(name(isa))")
      }
    }

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func everyLength(edge: GuardedBuffer.Edge) {
      let sourceBuffer = GuardedBuffer(capacity: 200)
      let destination = GuardedBuffer(capacity: 800)
      var mismatches = Mismatches()
      for scaling in Self.scalings {
        for length in 0...200 {
          let bytes = GatherTests.bytes(length)
          let expected = bytes.map { scaling($0) }
          let source = sourceBuffer.region(of: bytes, at: edge)
          let start = destination.region(length * 4, at: edge).assumingMemoryBound(to: Float.self)
          withEachISA { isa in
            destination.fillWithCanaries()
            cbk_rescale(source, start, length, scaling.scale, scaling.offset)
            mismatches.check(destination.holds(expected, at: edge), "\(name(isa)) \(length)")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func gatheredRows(edge: GuardedBuffer.Edge) {
      let scaling = Self.scalings[3]
      let rowCount = GatherTests.rowCount
      let sourceBuffer = GuardedBuffer(capacity: rowCount * 9000)
      let destination = GuardedBuffer(capacity: 25 * 9000 * 4)
      let table = Self.allBytes.map { scaling($0) }
      var mismatches = Mismatches()
      for length in Array(0...100) + [127, 128, 129, 784, 3072, 8192, 8193, 9000] {
        let bytes = GatherTests.bytes(rowCount * length)
        let source = sourceBuffer.region(of: bytes, at: edge)
        for count in length < 200 ? [1, 2, 5, 25] : [25] {
          let indices = GatherTests.indices(count)
          let rows = GatherTests.gathered(bytes, indices, rowBytes: length)
          let expected = rows.map { table[Int($0)] }
          let start = destination.region(rows.count * 4, at: edge).assumingMemoryBound(
            to: Float.self)
          withEachISA { isa in
            for claimed in GatherTests.claimedRowCounts {
              destination.fillWithCanaries()
              let narrow = cbk_gather_rescaled_u32(
                source, claimed, indices.map(UInt32.init), start, count, length, scaling.scale,
                scaling.offset)
              mismatches.check(
                narrow == count && destination.holds(expected, at: edge),
                "u32 \(name(isa)) \(length) x \(count)")
              destination.fillWithCanaries()
              let wide = cbk_gather_rescaled_u64(
                source, claimed, indices.map(UInt64.init), start, count, length, scaling.scale,
                scaling.offset)
              mismatches.check(
                wide == count && destination.holds(expected, at: edge),
                "u64 \(name(isa)) \(length) x \(count)")
            }
          }
        }
      }
      mismatches.expectNone()
    }
  }
}
