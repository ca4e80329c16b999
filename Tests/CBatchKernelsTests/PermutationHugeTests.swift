import BatchUpSystem
import CBatchKernels
import Testing

/// Pieces of permutations of about 2^32 numbers: chunks of positions at both ends and around 2^32 are sorted into
/// buckets, and some buckets are shuffled, in memory that is mapped but never touched where all other chunks have
/// their place. Its zeros say that those are empty.
extension KernelTests {
  @Suite struct PermutationHugeTests {
    /// Memory of zeros that takes no room until it is written.
    private final class SparseMemory {
      let base: UnsafeMutableRawPointer
      private let byteCount: Int

      init(byteCount: Int) {
        self.byteCount = byteCount
        base = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        precondition(base != UnsafeMutableRawPointer(bitPattern: -1), "mmap failed")
      }

      deinit { munmap(base, byteCount) }
    }

    static let chunk: UInt64 = 1 << 16
    static let counts: [UInt64] = [1 << 32 - 1, 1 << 32, 1 << 32 + 1, 1 << 32 + 70_000]

    @Test(arguments: counts)
    func bucketsOfSomeChunks(count: UInt64) {
      let plan = cbk_permutation_plan_make(count &* 0x2545_f491_4f6c_dd1d, count)
      let chunkCount = (count + Self.chunk - 1) / Self.chunk
      let chunks = Set([0, 1, 65_535, 65_536, chunkCount - 1]).filter { $0 < chunkCount }.sorted()
      let numbers = SparseMemory(byteCount: Int(count) * 4 + 1 << 20)
      let scratch = SparseMemory(byteCount: cbk_permutation_scratch_bytes(count))

      var buckets = [[UInt64]](repeating: [], count: 1 << plan.bucket_bits)
      for chunk in chunks {
        // A part is a chunk.
        withUnsafePointer(to: plan) {
          cbk_permutation_scatter($0, numbers.base, scratch.base, Int(chunk), Int(chunkCount))
        }
        let first = chunk * Self.chunk
        let length = Int(min(Self.chunk, count - first))
        let labels = PermutationBucketsTests.labels(key: plan.key, first: first, count: length, bits: plan.bucket_bits)
        for (position, label) in labels.enumerated() { buckets[label].append(first + UInt64(position)) }
      }

      for bucket in [0, 1, 1234, buckets.count - 1] {
        let expected = PermutationBucketsTests.shuffled(
          buckets[bucket], cbk_stream(key: plan.key, stream: 1 << 57 + UInt64(bucket)))
        let start = buckets[..<bucket].reduce(0) { $0 + $1.count }
        let wide = numbers.base.assumingMemoryBound(to: UInt64.self)
        withUnsafePointer(to: plan) { cbk_permutation_shuffle_u64($0, scratch.base, wide, bucket, buckets.count) }
        #expect(expected.elementsEqual(UnsafeBufferPointer(start: wide + start, count: expected.count)), "\(bucket)")
        if count > 1 << 32 { continue }
        let narrow = numbers.base.assumingMemoryBound(to: UInt32.self)
        withUnsafePointer(to: plan) { cbk_permutation_shuffle_u32($0, scratch.base, narrow, bucket, buckets.count) }
        #expect(
          expected.elementsEqual(
            UnsafeBufferPointer(start: narrow + start, count: expected.count).lazy.map(UInt64.init)), "\(bucket)")
      }
    }
  }
}
