import BatchUp
import FileTestSupport
import Foundation
import Testing

@testable import BatchUpDatasets

/// From addresses to batches, for each data set: its own conversion, with small files of its format on a server.
@Suite(.timeLimit(.minutes(10))) struct EndToEndTests {
  let directory: TemporaryDirectory
  let folder: NumbersFolder

  init() throws {
    directory = try TemporaryDirectory()
    folder = try NumbersFolder()
  }

  /// The same data set, of files that this server has.
  private func served(_ small: SmallDataset, by server: HTTPServer) -> Dataset {
    let sources = zip(small.dataset.sources, small.sources).map { source, bytes in
      let address = server.address("/\(small.dataset.name)/\(source.name)")
      return SourceFile(source.name, from: .download([address]), sha256: digest(of: bytes))
    }
    return Dataset(
      name: small.dataset.name, file: small.dataset.file, sources: sources, check: small.dataset.check,
      convert: small.dataset.convert)
  }

  private func digest(of bytes: [UInt8]) -> String {
    guard let sha256 = SHA256() else { return "" }
    bytes.withUnsafeBytes { sha256.update($0) }
    return sha256.finish()
  }

  @Test func everyDataSet() async throws {
    let all = try SmallDataset.all(in: directory)
    var files: [String: [UInt8]] = [:]
    for small in all {
      for (source, bytes) in zip(small.dataset.sources, small.sources) {
        files["/\(small.dataset.name)/\(source.name)"] = bytes
      }
    }
    let contents = files
    let server = try HTTPServer { $1.serve(contents[$0.path] ?? [], $0) }
    #expect(all.map(\.dataset.name) == Dataset.standard.map(\.name))
    for small in all {
      let dataset = served(small, by: server)
      let path = try await dataset.fetch(folder.options())
      #expect(path == folder.path("data/" + small.dataset.file))
      let (labels, images) = try epoch(of: dataset.name, at: path)
      let count = SmallDataset.trainCount
      #expect(labels.sorted() == SmallDataset.labels(0..<count, of: dataset.name == "cifar100" ? 100 : 10).sorted())
      #expect(images == count, "\(dataset.name)")
      #expect(try await dataset.fetch(folder.options()) == path)
    }
    #expect(server.requests.count == contents.count)
    #expect(folder.names.filter { $0.hasSuffix(".h5") } == Dataset.standard.map { "data/" + $0.file }.sorted())
  }

  /// All labels of an epoch of shuffled batches, and how many images came with them.
  private func epoch(of name: String, at path: String) throws -> (labels: [Int32], imageCount: Int) {
    func go(_ images: RescaledBytes, _ labels: NDArray<Int32>) throws -> ([Int32], Int) {
      try go(ArraySource(images, labels))
    }
    func go(_ source: ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>) -> ([Int32], Int) {
      var (labels, imageCount): ([Int32], Int) = ([], 0)
      for (x, y) in source.batches(of: 4, shuffle: .seed(1)) {
        labels += y.scalars
        imageCount += x.sampleCount
      }
      return (labels, imageCount)
    }
    switch name {
    case "mnist":
      let train = try MNIST(cache: path, validationCount: 0).train
      return try go(train.images, train.labels)
    case "fashion-mnist":
      let train = try FashionMNIST(cache: path, validationCount: 0).train
      return try go(train.images, train.labels)
    case "cifar10":
      let train = try CIFAR10(cache: path, validationCount: 0).train
      return try go(train.images, train.labels)
    case "cifar100":
      let train = try CIFAR100(cache: path, validationCount: 0).train
      return try go(train.images, train.labels)
    case "svhn":
      let train = try SVHN(cache: path, validationCount: 0).train
      return try go(train.images, train.labels)
    case "svhn-extra":
      let extra = try SVHNExtra(cache: path)
      return try go(extra.images, extra.labels)
    case "stl10":
      let train = try STL10(cache: path, validationFolds: 0).train
      return try go(train.images, train.labels)
    default:
      let train = try USPS(cache: path, validationCount: 0).train
      return try go(ArraySource(train.images, train.labels))
    }
  }
}
