/// The elements of an array of any type, on their way into shared memory.
struct ArrayBytes {
  let shape: [Int]
  let bytes: UnsafeRawBufferPointer
  /// Keeps the bytes.
  let storage: ArrayStorage

  init<Scalar>(_ array: NDArray<Scalar>) {
    shape = array.shape
    bytes = UnsafeRawBufferPointer(start: array.start, count: array.count * MemoryLayout<Scalar>.stride)
    storage = array.storage
  }
}
