import BatchUp
import BatchUpDatasets
import BatchUpFiles
import Foundation
import Testing

@testable import BatchUpCLI

@Suite struct DatasetsCommandTests {
  private let folder: TemporaryFolder
  private let digits = SyntheticDigits(seed: 3)

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appending(path: name).path }

  private func datasets(_ arguments: String...) async throws -> BatchUpProcess {
    try await BatchUpProcess.run(["datasets"] + arguments + ["--data-folder", path("data")])
  }

  /// A file of MNIST with few images, or of USPS, which has numbers instead of bytes.
  private func cache(_ dataset: Dataset, count: Int = 40) throws {
    try FileManager.default.createDirectory(atPath: path("data"), withIntermediateDirectories: true)
    var writer = HDF5Writer()
    for part in ["train", "test"] {
      let labels = digits.labels(count: count)
      if dataset.name == "usps" {
        let pixels = RescaledBytes(digits.images(count: count)).converted().scalars
        let middles: [Float] = (0..<count * 256).map { pixels[$0 / 256 * 784 + (6 + $0 % 256 / 16) * 28 + 6 + $0 % 16] }
        writer.add(NDArray(middles, shape: [count, 1, 16, 16]), named: "/usps/\(part)_X")
        writer.add(labels, named: "/usps/\(part)_y")
      } else {
        writer.add(digits.images(count: count).reshaped([count, 1, 28, 28]), named: "/mnist/\(part)_X_u8")
        writer.add(labels, named: "/mnist/\(part)_y")
      }
    }
    try writer.write(to: path("data/" + dataset.file))
  }

  private struct List: Decodable {
    let folder: String
    let datasets: [Entry]

    struct Entry: Decodable {
      let name: String
      let path: String
      let is_cached: Bool
      let byte_count: Int?
    }
  }

  private func list() async throws -> List {
    let run = try await datasets("list", "--json")
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    return try JSONDecoder().decode(List.self, from: Data(run.output.utf8))
  }

  @Test func whatIsThereIsListed() async throws {
    #expect(try await list().datasets.allSatisfy { !$0.is_cached && $0.byte_count == nil })
    try cache(.mnist)
    let list = try await list()
    #expect(list.folder == path("data"))
    #expect(list.datasets.map(\.name) == Dataset.standard.map(\.name))
    #expect(list.datasets.filter(\.is_cached).map(\.path) == [path("data/mnist.h5")])
    let size = try Data(contentsOf: URL(filePath: path("data/mnist.h5"))).count
    #expect(list.datasets[0].byte_count == size)
    let text = try await datasets("list")
    let lines = text.output.split(separator: "\n")
    #expect(lines.count == 1 + Dataset.standard.count)
    #expect(lines[1].hasSuffix(" 0.1 MB  \(path("data/mnist.h5"))") && lines[2].hasSuffix(" not there"))
  }

  @Test func pathsOfWhatIsThere() async throws {
    let missing = try await datasets("path", "mnist")
    #expect(missing.status == 1 && missing.output.isEmpty)
    #expect(missing.errors == "batchup: \(path("data/mnist.h5")): there is no such file; fetch mnist first\n")
    try cache(.mnist)
    let found = try await datasets("path", "MNIST")
    #expect(found.status == 0 && found.output == path("data/mnist.h5") + "\n")
  }

  @Test func damageIsFound() async throws {
    #expect(try await datasets("verify").output.isEmpty)
    try cache(.mnist)
    try cache(.usps)
    let whole = try await datasets("verify")
    #expect(whole.status == 0 && whole.output == "mnist: in order\nusps: in order\n" && whole.errors.isEmpty)
    let file = try FileHandle(forUpdating: URL(filePath: path("data/mnist.h5")))
    try file.truncate(atOffset: 20_000)
    let damaged = try await datasets("verify", "usps", "mnist", "stl10")
    #expect(damaged.status == 1 && damaged.output == "usps: in order\n")
    let errors = damaged.errors.split(separator: "\n")
    #expect(errors.count == 2)
    #expect(errors.first?.hasPrefix("batchup: \(path("data/mnist.h5")): is not mnist, or is damaged: ") == true)
    #expect(errors.last == "batchup: \(path("data/stl10.h5")): there is no such file; fetch stl10 first")
  }

  @Test func whatIsRemovedIsGone() async throws {
    try cache(.mnist)
    try cache(.usps)
    let run = try await datasets("remove", "mnist", "svhn")
    #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty)
    #expect(try await list().datasets.filter(\.is_cached).map(\.name) == ["usps"])
  }

  /// What can be had is fetched; the rest is named.
  @Test func fetching() async throws {
    try cache(.usps)
    let run = try await datasets("fetch", "mnist", "usps", "--offline")
    #expect(run.status == 1 && run.output == path("data/usps.h5") + "\n")
    #expect(run.errors.hasPrefix("batchup: mnist: train-images-idx3-ubyte.gz may not be downloaded offline"))
    #expect(run.errors.split(separator: "\n").count == 1)

    try FileManager.default.createDirectory(atPath: path("here"), withIntermediateDirectories: true)
    try Data("no images".utf8).write(to: URL(filePath: path("here/train-images-idx3-ubyte.gz")))
    let wrong = try await datasets("fetch", "mnist", "--from", path("here"))
    #expect(
      wrong.status == 1 && wrong.errors.contains("here/train-images-idx3-ubyte.gz: is another file than expected"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("data")).contains("mnist.h5") == false)
    #expect(try await datasets("fetch", "minst").status == 64)
  }

  /// On the bytes of MNIST, and the numbers of USPS.
  @Test(arguments: ["mnist", "usps"]) func training(name: String) async throws {
    try cache(name == "mnist" ? .mnist : .usps, count: 60)
    let arguments = [
      "train", "--dataset", name, "--data-folder", path("data"), "--epochs", "12", "--hidden", "16", "--batch-size",
      "8",
      "--validation-count", "10", "--json", "--checkpoint", path("checkpoint"),
    ]
    let run = try await BatchUpProcess.run(arguments)
    #expect(run.status == 0, "\(run.errors)")
    let report = try Report(run)
    #expect(report.dataSet == name && report.trainingCount == 50 && report.validationCount == 10)
    #expect(report.valuesPerSample == (name == "mnist" ? 784 : 256) && report.classCount == 10)
    let losses = report.epochs.map(\.loss)
    #expect(losses.last ?? 9 < 0.9 * (losses.first ?? 0), "\(losses)")

    let other = try await BatchUpProcess.run(["train", "--dataset", "mnist", "--images", "a", "--labels", "b"])
    #expect(other.status == 64 && other.errors.contains("--dataset does not go with --images"))
  }
}
