import BatchUp

/// What is in records of some bytes that are labels, and the bytes of an image.
struct ImageRecords {
  let images: NDArray<UInt8>
  /// The labels of each kind.
  let labels: [NDArray<Int32>]

  /// - Precondition: the records have as many bytes.
  init(_ records: NDArray<UInt8>, labelCount: Int, imageShape: [Int]) {
    let (recordLength, count) = (records.rowLength, records.sampleCount)
    labels = (0..<labelCount).map { kind in
      NDArray(unsafeUninitializedShape: [count]) { labels in
        records.withUnsafeBufferPointer { bytes in
          for i in 0..<count { labels[i] = Int32(bytes[i * recordLength + kind]) }
        }
      }
    }
    images = NDArray(unsafeUninitializedShape: [count] + imageShape) { images in
      records.withUnsafeBufferPointer { bytes in
        let length = recordLength - labelCount
        for i in 0..<count {
          let image = UnsafeBufferPointer(rebasing: bytes[i * recordLength + labelCount..<(i + 1) * recordLength])
          _ = UnsafeMutableBufferPointer(rebasing: images[i * length..<(i + 1) * length]).update(from: image)
        }
      }
    }
  }
}
