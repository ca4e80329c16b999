import BatchUp
import BatchUpSystem

/// Rows of a data set, in stripes that are kept as long as there is room for them.
final class HDF5Stripes<Scalar: NPYScalar>: Sendable {
  private let rows: HDF5Rows
  private let rowsPerStripe: Int
  private let byteLimit: Int
  private let kept = Guarded(Kept())
  /// Held while a stripe is read, so that no two threads read the same.
  private let reading = Monitor()

  private struct Kept {
    var stripes: [Int: (array: NDArray<Scalar>, lastUse: Int)] = [:]
    var byteCount = 0
    var useCount = 0

    mutating func stripe(_ number: Int) -> NDArray<Scalar>? {
      useCount += 1
      stripes[number]?.lastUse = useCount
      return stripes[number]?.array
    }

    /// Returns those that are no longer kept.
    mutating func keep(_ array: NDArray<Scalar>, as number: Int, byteLimit: Int) -> [NDArray<Scalar>] {
      var dropped: [NDArray<Scalar>] = []
      byteCount += array.byteCount
      while byteCount > byteLimit, let oldest = stripes.min(by: { $0.value.lastUse < $1.value.lastUse }) {
        byteCount -= oldest.value.array.byteCount
        dropped.append(oldest.value.array)
        stripes[oldest.key] = nil
      }
      stripes[number] = (array, useCount)
      return dropped
    }
  }

  init(of rows: HDF5Rows, rowsPerStripe: Int, byteLimit: Int) {
    self.rows = rows
    self.rowsPerStripe = rowsPerStripe
    self.byteLimit = byteLimit
  }

  /// Copies neighbouring rows, which are there.
  func copy(_ range: Range<Int>, into elements: UnsafeMutableBufferPointer<Scalar>) throws(HDF5Error) {
    let rowLength = elements.count / range.count
    var row = range.lowerBound
    while row < range.upperBound {
      let number = row / rowsPerStripe
      let first = number * rowsPerStripe
      let array = try stripe(number)
      let end = min(range.upperBound, first + array.sampleCount)
      let place = (row - range.lowerBound) * rowLength
      array.withUnsafeBufferPointer { source in
        let part = source[(row - first) * rowLength..<(end - first) * rowLength]
        _ = UnsafeMutableBufferPointer(rebasing: elements[place..<place + part.count]).update(fromContentsOf: part)
      }
      row = end
    }
  }

  private func stripe(_ number: Int) throws(HDF5Error) -> NDArray<Scalar> {
    if let array = kept.withLock({ $0.stripe(number) }) { return array }
    return try reading.withLock { () throws(HDF5Error) in
      if let array = kept.withLock({ $0.stripe(number) }) { return array }
      let shape = rows.dataset.shape
      let range = number * rowsPerStripe..<min((number + 1) * rowsPerStripe, shape.first ?? 1)
      let array = try NDArray<Scalar>(
        unsafeUninitializedShape: [range.count] + shape.dropFirst()
      ) { elements throws(HDF5Error) in
        try rows.read(range, into: UnsafeMutableRawBufferPointer(elements))
      }
      _ = kept.withLock { $0.keep(array, as: number, byteLimit: byteLimit) }
      return array
    }
  }
}

extension NDArray {
  fileprivate var byteCount: Int { count * MemoryLayout<Scalar>.size }
}
