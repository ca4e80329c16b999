import BatchUp
import CBatchKernels
import Dispatch

/// Where the data of a benchmark lie when they are read.
enum MemoryLevel: String, CaseIterable {
  case l1, l2, l3, dram

  var byteCount: Int {
    switch self {
    case .l1: 16 << 10
    case .l2: 384 << 10
    case .l3: 8 << 20
    case .dram: 256 << 20
    }
  }
}

/// Memory that a benchmark reads or writes; from 4 MiB on in huge pages, as arrays are.
final class BenchmarkMemory: @unchecked Sendable {  // No lock: threads of one run write to parts of their own.
  private var array: NDArray<UInt8>
  let bytes: UnsafeMutableRawPointer

  init(byteCount: Int) {
    array = NDArray(repeating: 1, shape: [max(byteCount, 1)])
    bytes =
      array.withUnsafeMutableBufferPointer { UnsafeMutableRawBufferPointer($0) }.baseAddress
      ?? UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
  }

  convenience init(floats: [Float]) {
    self.init(byteCount: floats.count * 4)
    for (i, value) in floats.enumerated() { pointer(to: Float.self)[i] = value }
  }

  func pointer<Element>(to: Element.Type = Element.self) -> UnsafeMutablePointer<Element> {
    bytes.assumingMemoryBound(to: Element.self)
  }
}

/// All of 0..<count in a fixed random order.
func shuffledIndices(_ count: Int) -> [UInt32] {
  let scratch = BenchmarkMemory(byteCount: cbk_permutation_scratch_bytes(UInt64(count)))
  return [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
    cbk_permutation_u32(1, buffer.baseAddress, count, scratch.bytes)
    filled = count
  }
}

/// A value that is made when it is first needed, so that listing benchmarks takes no memory.
final class Lazily<Value> {
  private let make: () -> Value
  private(set) lazy var value = make()

  init(_ make: @escaping () -> Value) { self.make = make }
}

/// Keeps the optimizer from leaving out what computes `value`.
@inline(never)
@_optimize(none)
func keep<Value>(_ value: Value) {}

/// Calls `body` for each of some threads at the same time; for a single one, on this thread.
func onThreads(_ count: Int, _ body: @Sendable (_ thread: Int) -> Void) {
  if count == 1 { body(0) } else { DispatchQueue.concurrentPerform(iterations: count, execute: body) }
}

/// What the name of a benchmark on several threads ends with.
func suffix(_ threadCount: Int) -> String { threadCount == 1 ? "" : "/threads-\(threadCount)" }
