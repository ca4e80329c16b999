import BatchUp
import BatchUpFiles
import CZlib
import Foundation
import Testing

/// The published files of MNIST's test set; what they hold was computed with Python's gzip and zlib modules.
@Suite(.enabled(if: MNISTFiles.arePresent, "MNIST's test files are not in \(MNISTFiles.directory); set BATCHUP_MNIST"))
struct MNISTFilesTests {
  @Test func images() throws {
    let images = try NDArray<UInt8>(idxFile: MNISTFiles.images)
    #expect(images.shape == [10_000, 28, 28])
    #expect(images.withUnsafeBufferPointer { $0.reduce(0) { $0 + Int($1) } } == 264_923_200)
    #expect(images.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) } == 0xE4CA_5F57)
  }

  @Test func labels() throws {
    let labels = try NDArray<UInt8>(idxFile: MNISTFiles.labels)
    #expect(labels.shape == [10_000])
    #expect(labels.scalars.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    let histogram = labels.scalars.reduce(into: Array(repeating: 0, count: 10)) { $0[Int($1)] += 1 }
    #expect(histogram == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
  }
}

enum MNISTFiles {
  static let directory =
    ProcessInfo.processInfo.environment["BATCHUP_MNIST"]
    ?? URL(filePath: #filePath).appending(path: "../../../../shared/datasets/mnist").standardized
    .path(percentEncoded: false)
  static let images = directory + "/t10k-images-idx3-ubyte.gz"
  static let labels = directory + "/t10k-labels-idx1-ubyte.gz"
  static let arePresent = [images, labels].allSatisfy { FileManager.default.fileExists(atPath: $0) }
}
