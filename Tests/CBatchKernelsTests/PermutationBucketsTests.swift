import CBatchKernels
import Dispatch
import Testing

/// Permutations that are sorted into buckets before they are shuffled, most of them of fewer numbers than would
/// be by default.
extension KernelTests {
  @Suite struct PermutationBucketsTests {
    typealias Plan = cbk_permutation_plan

    static func plan(_ key: UInt64, _ count: Int, bits: UInt32) -> Plan {
      Plan(key: key, count: UInt64(count), bucket_bits: bits)
    }

    /// The permutation in 32-bit numbers, both steps in the same number of parts, the last part first.
    static func permutation(_ plan: Plan, parts: Int = 1) -> [UInt32] {
      withUnsafePointer(to: plan) { plan in
        [UInt32](unsafeUninitializedCapacity: Int(plan.pointee.count)) { buffer, initializedCount in
          let start = buffer.baseAddress
          PermutationTests.withScratch(cbk_permutation_plan_scratch_bytes(plan)) { scratch in
            for part in (0..<parts).reversed() { cbk_permutation_scatter(plan, start, scratch, part, parts) }
            for part in (0..<parts).reversed() { cbk_permutation_shuffle_u32(plan, scratch, start, part, parts) }
          }
          initializedCount = Int(plan.pointee.count)
        }
      }
    }

    static func wide(_ plan: Plan, parts: Int) -> [UInt64] {
      withUnsafePointer(to: plan) { plan in
        [UInt64](unsafeUninitializedCapacity: Int(plan.pointee.count)) { buffer, initializedCount in
          let start = buffer.baseAddress
          PermutationTests.withScratch(cbk_permutation_plan_scratch_bytes(plan)) { scratch in
            for part in 0..<parts { cbk_permutation_scatter(plan, start, scratch, part, parts) }
            for part in 0..<parts { cbk_permutation_shuffle_u64(plan, scratch, start, part, parts) }
          }
          initializedCount = Int(plan.pointee.count)
        }
      }
    }

    // MARK: The documented format

    /// The labels of positions first..<first + count of a stream; `first` is a multiple of 128.
    static func labels(key: UInt64, first: UInt64, count: Int, bits: UInt32) -> [Int] {
      let superblocks = (count + 127) / 128
      var words = [UInt32](repeating: 0, count: superblocks * 64)
      cbk_philox_fill(cbk_stream(key: key, stream: 1 << 56), first / 128, &words, superblocks)
      return (0..<count).map { position -> Int in
        let half = words[position / 2] >> (16 * UInt32(position % 2)) & 0xffff
        return Int(half >> (16 - bits))
      }
    }

    /// The list shuffled with a stream.
    static func shuffled<T>(_ list: [T], _ stream: cbk_stream) -> [T] {
      // So many words serve one die each; 32 more for those thrown away.
      let superblocks = (list.count + 63) / 32
      var words = [UInt32](repeating: 0, count: superblocks * 64)
      cbk_philox_fill(stream, 0, &words, superblocks)
      var list = list
      var next = 0
      var position = 1
      while position < list.count {
        let limits: [(dice: Int, sides: Int)] = [(6, 1 << 9), (5, 1 << 11), (4, 1 << 14), (3, 1 << 19), (2, 1 << 30)]
        let dice = limits.first { position + $0.dice <= min(list.count, $0.sides) }?.dice ?? 1
        let sides = (1...dice).map { UInt64(position + $0) }
        let product = sides.reduce(1, *)
        var rest = UInt64(words[2 * next + 1]) << 32 | UInt64(words[2 * next])
        next += 1
        let faces = sides.map { side in
          let (high, low) = rest.multipliedFullWidth(by: side)
          rest = low
          return Int(high)
        }
        if rest < (0 &- product) % product { continue }
        for face in faces {
          list.swapAt(position, face)
          position += 1
        }
      }
      return list
    }

    static func model(_ plan: Plan) -> [UInt32] {
      let count = Int(plan.count)
      let labels = labels(key: plan.key, first: 0, count: count, bits: plan.bucket_bits)
      var buckets = [[UInt32]](repeating: [], count: 1 << plan.bucket_bits)
      for (position, label) in labels.enumerated() { buckets[label].append(UInt32(position)) }
      return buckets.enumerated().flatMap {
        shuffled($0.element, cbk_stream(key: plan.key, stream: 1 << 57 + UInt64($0.offset)))
      }
    }

    @Test func allBytesAreAsDocumentedInAnyNumberOfParts() {
      var mismatches = Mismatches()
      // Around multiples of the pieces that labels are made of, and of chunks of 2^16.
      let counts = [0, 1, 2, 3, 63, 64, 65, 127, 128, 129, 1000, 65_535, 65_536, 65_537, 70_000, 131_072 + 1]
      for (i, count) in counts.enumerated() {
        for bits in (count < 60_000 ? Array(1...11) : [1, UInt32(5 + i % 7)]) {
          let plan = Self.plan(UInt64(count) << 32 + 9, count, bits: bits)
          let expected = Self.model(plan)
          withEachISA { isa in
            mismatches.check(Self.permutation(plan) == expected, "\(name(isa)) \(count) \(bits)")
          }
          for parts in [2, 3, 8] {
            mismatches.check(Self.permutation(plan, parts: parts) == expected, "\(parts) parts \(count) \(bits)")
          }
          mismatches.check(Self.wide(plan, parts: 3) == expected.map(UInt64.init), "wide \(count) \(bits)")
        }
      }
      mismatches.expectNone()
    }

    struct Golden: Sendable {
      var key: UInt64
      var count: Int
      /// nil: as cbk_permutation_plan_make says.
      var bits: UInt32?
      /// FNV-1a of the values, 32 bits at a time.
      var hash: UInt64
    }

    /// From an independent implementation of the documented format in NumPy: labels as arrays of Philox words,
    /// dice as Python's integers. The last three throw away 176, 49 and 124 words. These change only together
    /// with CBK_PERMUTATION_FORMAT.
    static let goldenHashes = [
      Golden(key: 0, count: 1000, bits: 3, hash: 0xdd69_5b24_ebfe_6f9d),
      Golden(key: 42, count: 100_001, bits: 4, hash: 0x73eb_f711_cf12_7051),
      Golden(key: .max, count: 70_000, bits: 11, hash: 0x54af_1af2_aafb_bde5),
      Golden(key: 7, count: 1 << 20 + 1, bits: 0, hash: 0xd871_2cbf_9149_0cf5),
      Golden(key: 7, count: 1 << 20 + 1, hash: 0x760b_bf12_7233_b72f),
      Golden(key: 0x0123_4567_89ab_cdef, count: 2_500_000, hash: 0xaec9_002d_7852_5ae1),
    ]

    @Test(arguments: goldenHashes)
    func goldenHash(golden: Golden) {
      var plan = cbk_permutation_plan_make(golden.key, UInt64(golden.count))
      if let bits = golden.bits { plan.bucket_bits = bits }
      let permutation = Self.permutation(plan)
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      permutation.withUnsafeBufferPointer {
        for value in $0 { hash = (hash ^ UInt64(value)) &* 0x100_0000_01b3 }
      }
      #expect(hash == golden.hash)
      if golden.bits == nil { #expect(PermutationTests.permutation(golden.key, golden.count) == permutation) }
    }

    @Test func numberOfBuckets() {
      let expected: [(count: UInt64, bits: UInt32)] = [
        (0, 0), (1, 0), (1 << 20, 0), (1 << 20 + 1, 5), (1 << 21, 5), (1 << 21 + 1, 6), (10_000_000, 8),
        (1 << 26, 10), (1 << 26 + 1, 11), (1 << 27, 11), (1 << 27 + 1, 11), (1 << 32 - 1, 11), (1 << 32, 11),
        (1 << 32 + 1, 11), (1 << 40, 11),
      ]
      for (count, bits) in expected {
        let plan = cbk_permutation_plan_make(3, count)
        #expect(plan.key == 3 && plan.count == count && plan.bucket_bits == bits, "\(count)")
        #expect(Double(cbk_permutation_scratch_bytes(count)) <= 2.2 * Double(count), "\(count)")
      }
    }

    // MARK: Memory

    @Test func nothingOutsideTheBuffersIsTouched() {
      let numbers = GuardedBuffer(capacity: 66_000 * 8)
      var mismatches = Mismatches()
      for (count, bits) in [(0, 1), (1, 1), (5, 2), (127, 4), (129, 11), (2000, 6), (65_536, 3), (65_600, 11)] {
        let plan = Self.plan(77, count, bits: UInt32(bits))
        let expected = Self.permutation(plan)
        let scratchSize = withUnsafePointer(to: plan) { cbk_permutation_plan_scratch_bytes($0) }
        let scratch = GuardedBuffer(capacity: scratchSize)
        for edge in GuardedBuffer.Edge.allCases {
          numbers.fillWithCanaries()
          let memory = scratch.region(scratchSize, at: edge)
          let narrow = numbers.region(count * 4, at: edge)
          withUnsafePointer(to: plan) {
            cbk_permutation_scatter($0, narrow, memory, 0, 1)
            cbk_permutation_shuffle_u32($0, memory, narrow.assumingMemoryBound(to: UInt32.self), 0, 1)
          }
          mismatches.check(numbers.holds(expected, at: edge), "narrow \(count)")
          numbers.fillWithCanaries()
          let wide = numbers.region(count * 8, at: edge)
          withUnsafePointer(to: plan) {
            cbk_permutation_scatter($0, wide, memory, 0, 1)
            cbk_permutation_shuffle_u64($0, memory, wide.assumingMemoryBound(to: UInt64.self), 0, 1)
          }
          mismatches.check(numbers.holds(expected.map(UInt64.init), at: edge), "wide \(count)")
        }
      }
      mismatches.expectNone()
    }

    // MARK: Threads

    @Test(arguments: [1, 2, 3, 8])
    func partsOnThreadsOfTheirOwn(parts: Int) {
      let plan = cbk_permutation_plan_make(21, 1 << 20 + 1000)
      let expected = Self.permutation(plan)
      let numbers = SharedMemory(byteCount: Int(plan.count) * 4)
      let scratch = SharedMemory(byteCount: cbk_permutation_scratch_bytes(plan.count))
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        withUnsafePointer(to: plan) { cbk_permutation_scatter($0, numbers.base, scratch.base, part, parts) }
      }
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        withUnsafePointer(to: plan) {
          cbk_permutation_shuffle_u32(
            $0, scratch.base, numbers.base.assumingMemoryBound(to: UInt32.self), part, parts)
        }
      }
      let actual = UnsafeBufferPointer(
        start: numbers.base.assumingMemoryBound(to: UInt32.self), count: Int(plan.count))
      #expect(expected.elementsEqual(actual))
    }
  }
}

/// Memory that threads fill in disjoint parts.
private final class SharedMemory: Sendable {
  nonisolated(unsafe) let base: UnsafeMutableRawPointer
  init(byteCount: Int) { base = .allocate(byteCount: byteCount, alignment: 64) }
  deinit { base.deallocate() }
}
