import BatchUp
import BatchUpDatasets
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

/// What the data sets say about their sources.
@Suite struct StandardDatasetsTests {
  @Test func namesAndFiles() {
    let sets = Dataset.standard
    #expect(
      sets.map(\.name) == ["mnist", "fashion-mnist", "cifar10", "cifar100", "svhn", "svhn-extra", "stl10", "usps"])
    #expect(
      sets.map(\.file) == [
        "mnist.h5", "fashion-mnist.h5", "cifar10.h5", "cifar100.h5", "svhn_train_test.h5", "svhn_extra.h5", "stl10.h5",
        "usps.h5",
      ])
    #expect(sets.map(\.sources.count) == [4, 4, 1, 1, 2, 1, 1, 1])
  }

  @Test func everySourceHasADigestAndAddresses() throws {
    let sources = Dataset.standard.flatMap(\.sources)
    for source in sources {
      let digest = try #require(source.sha256)
      #expect(digest.count == 64 && digest.allSatisfy { $0.isHexDigit && !$0.isUppercase })
      guard case .download(let addresses) = source.origin else {
        Issue.record("\(source.name) is not downloaded")
        continue
      }
      #expect(!addresses.isEmpty)
      for address in addresses { #expect(address.hasPrefix("http") && address.hasSuffix("/" + source.name)) }
    }
    #expect(Set(sources.compactMap(\.sha256)).count == sources.count)
  }
}

/// The published files of MNIST's test set, which stand for the training set, too.
@Suite(.enabled(if: MNISTFiles.arePresent, "MNIST's test files are not in \(MNISTFiles.directory); set BATCHUP_MNIST"))
struct PublishedMNISTTests {
  @Test func convert() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("mnist.h5")
    let files = [MNISTFiles.images, MNISTFiles.labels]
    try Dataset.mnist.convert(files + files, path)
    let set = try MNIST(cache: path, validationCount: 1_000)
    #expect(set.train.sampleCount == 9_000 && set.validation.sampleCount == 1_000)
    #expect(set.test.labels.scalars.prefix(10) == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
    #expect(set.test.images.bytes == (try NDArray<UInt8>(idxFile: MNISTFiles.images)).reshaped([10_000, 1, 28, 28]))
    #expect(set.train.images.bytes[rows: 0..<100] == set.test.images.bytes[rows: 0..<100])
  }
}

private enum MNISTFiles {
  static let directory =
    ProcessInfo.processInfo.environment["BATCHUP_MNIST"]
    ?? URL(filePath: #filePath).appending(path: "../../../../../shared/datasets/mnist").standardized
    .path(percentEncoded: false)
  static let images = directory + "/t10k-images-idx3-ubyte.gz"
  static let labels = directory + "/t10k-labels-idx1-ubyte.gz"
  static let arePresent = [images, labels].allSatisfy { FileManager.default.fileExists(atPath: $0) }
}
