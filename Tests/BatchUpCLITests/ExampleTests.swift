import BatchUp
import BatchUpDatasets
import BatchUpFiles
import Foundation
import Testing

@testable import BatchUpCLI

/// The examples in the help do what they say where there are files of such names.
@Suite struct ExampleTests {
  /// Without those that need a network, other data sets, MPI or minutes.
  private static let examples = ToolCommand.all.flatMap(\.examples).filter { example in
    !["mpirun ", "cifar10", "svhn", "stl10", "batchup bench"].contains { example.contains($0) }
  }

  @Test func most() { #expect(Self.examples.count > 30) }

  @Test(arguments: examples) func works(example: String) async throws {
    let folder = try ExampleFolder()
    let words = example.split(separator: " ").map(String.init)
    // Their outputs have names that are inputs of others.
    if words[1] == "convert" { try? FileManager.default.removeItem(atPath: folder.path(words[3])) }
    // The last of options of the same name counts.
    let rest = words[1] == "train" ? "--epochs 1" : ""
    let run = try await BatchUpProcess.runShell(
      "cd '\(folder.path(""))'; batchup() { \"$BATCHUP\" \"$@\"; }; \(example) \(rest)",
      environment: ["BATCHUP_HOME": folder.path("home"), "HOME": folder.path("")])
    #expect(run.status == 0, "\(run.errors)")
  }
}

/// Files of the names in the examples.
private struct ExampleFolder {
  private let folder: TemporaryFolder
  private let digits = SyntheticDigits(seed: 4)

  init() throws {
    folder = try TemporaryFolder()
    let images = digits.images(count: 60)
    let numbers = RescaledBytes(images).converted()
    try writeIDXFiles(images)
    for name in ["images.npy", "i.npy", "table.npy"] { try numbers.write(npyFile: path(name)) }
    _ = try folder.write([UInt8](repeating: 7, count: 16 + 784_000), to: "images.bin")
    _ = try folder.write(
      Array(("a,class\n" + (0..<60).map { "\($0),\("pq".dropFirst($0 % 2).prefix(1))\n" }.joined()).utf8),
      to: "table.csv")
    var npz = NPZWriter()
    npz.add(numbers, named: "x")
    try npz.write(to: path("data.npz"))
    let classifier = Classifier(inputShape: [28, 28], hiddenCount: 16, classCount: 10, seed: 3)
    for name in ["classifier.safetensors", "m.safetensors", "model"] { try classifier.write(safetensors: path(name)) }
    try FileManager.default.createDirectory(atPath: path("photos/a"), withIntermediateDirectories: true)
    let picture = SheetPicture(width: 2, height: 2, bytes: [UInt8](repeating: 9, count: 12))
    try ContactSheet([picture], labels: nil, columnCount: 1, side: 2).write(to: path("photos/a/1.png"))
    // The usual data folder, and one that is named.
    for data in ["home/data", "data"] {
      try FileManager.default.createDirectory(atPath: path(data), withIntermediateDirectories: true)
      try writeMNIST(images, to: path(data + "/" + Dataset.mnist.file))
    }
  }

  func path(_ name: String) -> String { folder.url.appending(path: name).path }

  private func writeIDXFiles(_ images: NDArray<UInt8>) throws {
    for name in ["train-images.gz", "images.gz", "i.gz"] {
      _ = try folder.write(IDXFixtures.file(shape: [60, 28, 28], images.scalars), to: name)
    }
    for name in ["train-labels.gz", "l.gz"] {
      _ = try folder.write(IDXFixtures.labels(digits.labels(count: 60).scalars.map(UInt8.init)), to: name)
    }
    for name in ["cifar-images.idx", "images.idx"] {
      _ = try folder.write(IDXFixtures.file(shape: [15, 14, 14, 4], Array(images.scalars[..<11_760])), to: name)
    }
  }

  private func writeMNIST(_ images: NDArray<UInt8>, to path: String) throws {
    var writer = HDF5Writer()
    for part in ["train", "test"] {
      writer.add(images.reshaped([60, 1, 28, 28]), named: "/mnist/\(part)_X_u8")
      writer.add(digits.labels(count: 60), named: "/mnist/\(part)_y")
    }
    try writer.write(to: path)
  }
}
