import BatchUp
import Foundation

/// Rows whose elements are numbered through.
struct NumberedRows<Scalar: BitwiseCopyable & Sendable>: SampleLoader {
  let rows: NDArray<Scalar>

  init(shape: [Int], makeScalar: (Int) -> Scalar) {
    rows = NDArray((0..<shape.reduce(1, *)).map(makeScalar), shape: shape)
  }

  var sampleCount: Int { rows.sampleCount }
  var hasSampleAxis: Bool { rows.hasSampleAxis }

  func batch(at indices: BatchIndices) -> NDArray<Scalar> { rows.batch(at: indices) }

  func batch(at indices: BatchIndices, in context: BatchContext) -> NDArray<Scalar> {
    rows.batch(at: indices, in: context)
  }
}

struct Pairs: SampleLoader {
  let floats: NumberedRows<Float>
  let labels: NDArray<Int32>

  init(shape: [Int]) {
    floats = NumberedRows(shape: shape, makeScalar: Float.init)
    labels = NDArray((0..<shape[0]).map(Int32.init))
  }

  var sampleCount: Int { labels.count }

  func batch(at indices: BatchIndices) -> (NDArray<Float>, NDArray<Int32>) { batch(at: indices, in: BatchContext()) }

  func batch(at indices: BatchIndices, in context: BatchContext) -> (NDArray<Float>, NDArray<Int32>) {
    (floats.batch(at: indices, in: context), labels.batch(at: indices, in: context))
  }
}

/// One array in recycled memory, one elsewhere, one empty.
struct Triples: SampleLoader {
  let bytes: NumberedRows<UInt8>

  init(shape: [Int]) {
    bytes = NumberedRows(shape: shape) { UInt8(truncatingIfNeeded: $0) }
  }

  var sampleCount: Int { bytes.sampleCount }

  func batch(at indices: BatchIndices) -> (NDArray<UInt8>, NDArray<UInt64>, NDArray<Double>) {
    batch(at: indices, in: BatchContext())
  }

  func batch(
    at indices: BatchIndices, in context: BatchContext
  ) -> (NDArray<UInt8>, NDArray<UInt64>, NDArray<Double>) {
    (
      bytes.batch(at: indices, in: context), NDArray(indices.map(UInt64.init)),
      NDArray([], shape: [indices.count, 0])
    )
  }
}

/// Makes no use of recycled memory.
struct OwnMemory: SampleLoader {
  let rows: NumberedRows<Float>

  init(shape: [Int]) {
    rows = NumberedRows(shape: shape, makeScalar: Float.init)
  }

  var sampleCount: Int { rows.sampleCount }

  func batch(at indices: BatchIndices) -> NDArray<Float> { rows.batch(at: indices) }
}

/// A batch has as many columns as its first index says.
struct GrowingRows: SampleLoader {
  let sampleCount: Int

  func batch(at indices: BatchIndices) -> NDArray<Int32> {
    let columns = indices.first ?? 0
    return NDArray(indices.flatMap { Array(repeating: Int32($0), count: columns) }, shape: [indices.count, columns])
  }
}

/// Keeps its batches, and looks whether they stay as they were.
final class KeepingLoader: SampleLoader {
  private let rows: NumberedRows<Float>
  private var kept: [(indices: BatchIndices, batch: NDArray<Float>)] = []

  struct KeptBatchHasChanged: Error {}

  init(shape: [Int]) {
    rows = NumberedRows(shape: shape, makeScalar: Float.init)
  }

  var sampleCount: Int { rows.sampleCount }

  func batch(at indices: BatchIndices) throws -> NDArray<Float> { try batch(at: indices, in: BatchContext()) }

  func batch(at indices: BatchIndices, in context: BatchContext) throws -> NDArray<Float> {
    for (indices, batch) in kept where batch != rows.batch(at: indices) { throw KeptBatchHasChanged() }
    let batch = rows.batch(at: indices, in: context)
    kept.append((indices, batch))
    return batch
  }
}

/// The first element of a batch is where in memory shared with another process the loader has made it; -1 if in none.
struct PlaceLoader: SampleLoader {
  let rows: NumberedRows<Int>

  init(shape: [Int]) {
    rows = NumberedRows(shape: shape) { $0 }
  }

  var sampleCount: Int { rows.sampleCount }

  func batch(at indices: BatchIndices) -> NDArray<Int> { batch(at: indices, in: BatchContext()) }

  func batch(at indices: BatchIndices, in context: BatchContext) -> NDArray<Int> {
    let batch = rows.batch(at: indices, in: context)
    batch.withUnsafeBufferPointer { elements in
      UnsafeMutablePointer(mutating: elements.baseAddress)?.pointee = offsetInSharedMemory(elements.baseAddress) ?? -1
    }
    return batch
  }

  private func offsetInSharedMemory(_ address: UnsafePointer<Int>?) -> Int? {
    // The system does not know the size of this file.
    guard let bytes = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd() else { return nil }
    let maps = String(decoding: bytes, as: UTF8.self)
    let address = UInt(bitPattern: address)
    for line in maps.split(separator: "\n") where line.contains("memfd:batchup") {
      let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
      if ends.count == 2, ends[0] <= address, address < ends[1] { return Int(address - ends[0]) }
    }
    return nil
  }
}

/// Has two samples when it is made first, one the next time.
struct ShrinkingLoader: SampleLoader {
  let sampleCount: Int

  init(marker: String) {
    sampleCount = isFirst(marker) ? 2 : 1
  }

  func batch(at indices: BatchIndices) -> NDArray<Int32> {
    if indices.contains(1) { _exit(1) }
    return NDArray(indices.map(Int32.init))
  }
}

/// The only element of a batch is the error of waiting for any child: there is none.
struct ChildCounter: SampleLoader {
  let sampleCount: Int

  func batch(at indices: BatchIndices) -> NDArray<Int32> {
    let child = waitpid(-1, nil, WNOHANG)
    return NDArray(indices.map { _ in child < 0 ? errno : 0 })
  }
}

/// Whether nobody has asked that before for the file, which is there from now on.
func isFirst(_ path: String) -> Bool {
  let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
  if descriptor >= 0 { close(descriptor) }
  return descriptor >= 0
}
