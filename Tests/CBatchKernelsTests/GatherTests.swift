import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct GatherTests {
    static let rowCount = 7
    static let counts = Array(0...9) + [20, 21, 64, 65]

    /// `count` row numbers, the last and the first row among them.
    static func indices(_ count: Int) -> [Int] {
      (0..<count).map { i in i == 0 ? rowCount - 1 : i == 1 ? 0 : (i * i + 3 * i) % rowCount }
    }

    /// Bytes without a short period, so that a wrong row or offset shows.
    static func bytes(_ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: (UInt32($0) &* 2_654_435_761) >> 24) }
    }

    static func gathered(_ source: [UInt8], _ indices: [Int], rowBytes: Int) -> [UInt8] {
      indices.flatMap { source[($0 * rowBytes)..<(($0 + 1) * rowBytes)] }
    }

    /// Row counts above the real one are within the contract as long as no index uses them. They make
    /// the source look larger than the caches, which turns prefetching on.
    static let claimedRowCounts = [rowCount, 1 << 40]

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func copiesRowsOfAllSizes(edge: GuardedBuffer.Edge) {
      let sourceBuffer = GuardedBuffer(capacity: Self.rowCount * 300)
      let destination = GuardedBuffer(capacity: 65 * 300)
      let indexBuffer = GuardedBuffer(capacity: 65 * 8)
      var mismatches = Mismatches()
      for rowBytes in 0...300 {
        let bytes = Self.bytes(Self.rowCount * rowBytes)
        let source = sourceBuffer.region(of: bytes, at: edge)
        for count in Self.counts {
          let indices = Self.indices(count)
          let expected = Self.gathered(bytes, indices, rowBytes: rowBytes)
          let narrow = indexBuffer.region(of: indices.map(UInt32.init), at: edge)
          withEachISA { isa in
            for rows in Self.claimedRowCounts {
              destination.fillWithCanaries()
              let start = destination.region(expected.count, at: edge)
              let valid = cbk_gather_u32(source, rows, narrow, start, count, rowBytes)
              mismatches.check(
                valid == count && destination.holds(expected, at: edge),
                "u32 \(name(isa)) rows of \(rowBytes) x \(count)")
            }
          }
          let wide = indexBuffer.region(of: indices.map(UInt64.init), at: edge)
          withEachISA { isa in
            for rows in Self.claimedRowCounts {
              destination.fillWithCanaries()
              let start = destination.region(expected.count, at: edge)
              let valid = cbk_gather_u64(source, rows, wide, start, count, rowBytes)
              mismatches.check(
                valid == count && destination.holds(expected, at: edge),
                "u64 \(name(isa)) rows of \(rowBytes) x \(count)")
            }
          }
        }
      }
      mismatches.expectNone()
    }

    /// Counts around multiples of the rows that are copied side by side, and all lengths of the last block.
    @Test(arguments: [1000, 3072, 3136, 8192, 8193, 32_768, 32_769, 40_000] + Array(1020...1156))
    func copiesLongRows(rowBytes: Int) {
      let bytes = Self.bytes(Self.rowCount * rowBytes)
      let counts = [1, 7, 8, 9, 15, 16, 17, 24]
      let sourceBuffer = GuardedBuffer(capacity: bytes.count)
      let destination = GuardedBuffer(capacity: 24 * rowBytes)
      let source = sourceBuffer.region(of: bytes, at: .back)
      for count in counts {
        let indices = Self.indices(count)
        let expected = Self.gathered(bytes, indices, rowBytes: rowBytes)
        let start = destination.region(expected.count, at: .back)
        withEachISA { isa in
          for rows in Self.claimedRowCounts {
            destination.fillWithCanaries()
            #expect(cbk_gather_u32(source, rows, indices.map(UInt32.init), start, count, rowBytes) == count)
            #expect(destination.holds(expected, at: .back), "u32 \(name(isa)), \(count) rows")
            destination.fillWithCanaries()
            #expect(cbk_gather_u64(source, rows, indices.map(UInt64.init), start, count, rowBytes) == count)
            #expect(destination.holds(expected, at: .back), "u64 \(name(isa)), \(count) rows")
          }
        }
      }
    }

    @Test func copiesBetweenUnalignedAddresses() {
      let bytes = Self.bytes(Self.rowCount * 300 + 64)
      let indices = Self.indices(9)
      let destination = GuardedBuffer(capacity: 9 * 300 + 64)
      var mismatches = Mismatches()
      for rowBytes in [1, 2, 3, 4, 7, 8, 12, 16, 24, 32, 48, 64, 100, 128, 256, 300] {
        for misalignment in 0..<64 {
          let expected = Self.gathered(
            Array(bytes[misalignment...]), indices, rowBytes: rowBytes)
          withEachISA { isa in
            destination.fillWithCanaries()
            // The end of the region is 63 - misalignment bytes before the guard page.
            let start = destination.region(expected.count + 63 - misalignment, at: .back)
            let valid = bytes.withUnsafeBytes {
              cbk_gather_u32(
                $0.baseAddress! + misalignment, Self.rowCount, indices.map(UInt32.init), start, 9,
                rowBytes)
            }
            let tail = Array(repeating: GuardedBuffer.canary, count: 63 - misalignment)
            mismatches.check(
              valid == 9 && destination.holds(expected + tail, at: .back),
              "\(name(isa)) rows of \(rowBytes) at \(misalignment)")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func returnsThePositionOfTheFirstIndexOutside() {
      let source = Self.bytes(Self.rowCount * 8)
      let destination = GuardedBuffer(capacity: 70 * 8)
      destination.fillWithCanaries()
      var mismatches = Mismatches()
      for count in [1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 33, 64, 65, 70] {
        let start = destination.region(count * 8, at: .back)
        for position in 0..<count {
          for bad in [UInt64(Self.rowCount), 1 << 31, UInt64(UInt32.max), 1 << 32, 1 << 63, .max] {
            // Another one follows, and must not be reported in place of the first.
            var wide = Self.indices(count).map(UInt64.init)
            wide[position] = bad
            wide[count - 1] = position == count - 1 ? bad : .max
            withEachISA { isa in
              let valid = cbk_gather_u64(source, Self.rowCount, wide, start, count, 8)
              mismatches.check(
                valid == position, "u64 \(name(isa)) \(bad) at \(position) of \(count)")
              guard bad <= UInt32.max else { return }
              let narrow = wide.map { UInt32(truncatingIfNeeded: $0) }
              let validNarrow = cbk_gather_u32(source, Self.rowCount, narrow, start, count, 8)
              mismatches.check(
                validNarrow == position, "u32 \(name(isa)) \(bad) at \(position) of \(count)")
            }
          }
        }
      }
      mismatches.expectNone()
      #expect(destination.isUntouched())
    }

    @Test func edgesOfTheIndexRange() {
      withEachISA { _ in
        // Nothing to copy: the indices are checked all the same.
        #expect(cbk_gather_u32(nil, 1 << 32, [.max, 0], nil, 2, 0) == 2)
        #expect(cbk_gather_u32(nil, (1 << 32) - 1, [0, .max], nil, 2, 0) == 1)
        #expect(cbk_gather_u64(nil, .max, [UInt64(Int.max) - 1, UInt64(Int.max)], nil, 2, 0) == 1)
        #expect(cbk_gather_u32(nil, 0, [0], nil, 1, 4) == 0)
        #expect(cbk_gather_u64(nil, 0, [0], nil, 1, 4) == 0)
        #expect(cbk_gather_u32(nil, 0, nil, nil, 0, 4) == 0)
        #expect(cbk_gather_u64(nil, 0, nil, nil, 0, 4) == 0)
      }
    }
  }
}
