import BatchUp
import BatchUpDatasets
import Foundation
import Testing

extension GuideExamples {
  /// Compiled only: it would download.
  private func rangeOfValues() async throws {
    let centred = try await MNIST(validationCount: 0, range: -1...1)
    _ = centred
  }

  /// Compiled only, likewise.
  private func theOthers() async throws {
    let houseNumbers = try await SVHN(validationCount: 10_000)
    let tenClasses = try await CIFAR10(validationCount: 5000)  // .classNames
    let hundredClasses = try await CIFAR100(validationCount: 5000)  // .train.coarseLabels, .coarseClassNames
    let photographs = try await STL10(validationFolds: 1)
    let postcodes = try await USPS(validationCount: 729)
    print(houseNumbers.train.images.shape, tenClasses.classNames, hundredClasses.train.coarseLabels)
    print(hundredClasses.coarseClassNames, photographs.train.images.shape, postcodes.train.images.shape)
  }

  /// In a folder of its own, which the process has to be in: a process of its own, too.
  @Test func withoutANetwork() async {
    await #expect(processExitsWith: .success) {
      let directory = FileManager.default.temporaryDirectory.appending(path: "batchup-\(UUID())")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: directory) }
      try #require(FileManager.default.changeCurrentDirectoryPath(directory.path))
      await #expect(throws: DatasetError.self) {
        var options = FetchOptions()
        options.folder = DataFolder(path: "sets")
        options.localFiles = "published"  // has the published files, such as train-images-idx3-ubyte.gz
        options.mirrors = ["https://mirror.example.org/mnist/"]
        options.isOffline = true  // what is not on this machine is an error
        options.progress = { step in TerminalProgress(label: "\(step)", unit: .bytes) }
        let fashion = try await FashionMNIST(fetching: options)
        _ = fashion
      }
    }
  }
}
