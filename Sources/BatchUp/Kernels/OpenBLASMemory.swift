import BatchUpSystem
internal import CBatchKernels

/// The memory that OpenBLAS takes for matrix products. Where it finds none, it tries again for ever.
package enum OpenBLASMemory {
  /// There is not enough memory for its buffers and what is needed besides.
  package struct Lack: Error, Hashable, Sendable, CustomStringConvertible {
    package let expected: Int
    package let found: Int

    package init(expected: Int, found: Int) {
      self.expected = expected
      self.found = found
    }

    package var description: String {
      "OpenBLAS: too little memory for its buffers and the work, expected \(expected) bytes, found \(found); "
        + "raise the limit (ulimit -v) or set OPENBLAS_NUM_THREADS=1"
    }
  }

  private struct Products {
    var runningCount = 0
    /// How many have run at the same time: OpenBLAS keeps their buffers.
    var bufferCount = 0
  }

  private static let products = Guarded(Products())
  private static let bufferByteCount = Int(CBK_BLAS_BUFFER_SIZE)

  /// Throws where a thread of OpenBLAS has no buffer: the process then keeps a processor busy and cannot `exit`, but only
  /// `_exit`. Meant for the start of a program, before it has large arrays.
  ///
  /// Where there is not even memory for the threads themselves, OpenBLAS ends the process before `main`, by SIGINT.
  package static func requireThreadBuffers() throws(Lack) {
    if !threadsHaveBuffers(threadCount: cbk_blas_thread_count(), byteCount: bufferByteCount) { throw lack() }
  }

  /// Throws where there is no memory for concurrent matrix products on `count` threads, and for `byteCount` more
  /// bytes. OpenBLAS takes one of the buffers at once.
  package static func require(forThreads count: Int, besides byteCount: Int) throws(Lack) {
    if !hasRoom(for: count, besides: byteCount) { throw lack(count: count, besides: byteCount) }
    try multiply { cbk_blas_take_buffer() }
  }

  /// Calls `body`, which makes matrix products one after the other, where there is memory for them. Those that are made
  /// at the same time without this function are not known.
  package static func multiply(_ body: () -> Void) throws(Lack) {
    let hasBuffer = products.withLock { products in
      guard products.runningCount < products.bufferCount || hasRoom(for: 1) else { return false }
      products.runningCount += 1
      products.bufferCount = max(products.bufferCount, products.runningCount)
      return true
    }
    if !hasBuffer { throw lack() }
    defer { products.withLock { $0.runningCount -= 1 } }
    body()
  }

  private static func hasRoom(for count: Int, besides byteCount: Int = 0) -> Bool {
    hasBuffers(count, threadCount: cbk_blas_thread_count(), byteCount: bufferByteCount, besides: byteCount)
  }

  private static func lack(count: Int = 1, besides byteCount: Int = 0) -> Lack {
    let expected = count * bufferByteCount + byteCount
    return Lack(expected: expected, found: availableByteCount(upTo: expected))
  }
}
