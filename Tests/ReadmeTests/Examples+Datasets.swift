import BatchUp
import BatchUpDatasets
import BatchUpFiles
import Foundation
import Testing

// Those of the standard data sets.
extension Examples {
  /// With a data folder of its own, which has the data set already: in a process of its own.
  @Test func standardDataSets() async {
    await #expect(processExitsWith: .success) {
      let folder = FileManager.default.temporaryDirectory.appending(path: "batchup-\(UUID())")
      try FileManager.default.createDirectory(
        at: folder.appending(path: "data"), withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      setenv("HOME", folder.path, 1)
      setenv("BATCHUP_HOME", folder.path, 1)
      var writer = HDF5Writer()
      for (part, count) in [("train", 10_100), ("test", 10)] {
        let images = NDArray<UInt8>(repeating: 255, shape: [count, 1, 28, 28])
        writer.add(images, named: "/mnist/\(part)_X_u8")
        writer.add(NDArray<Int32>(repeating: 3, shape: [count]), named: "/mnist/\(part)_y")
      }
      try writer.write(to: folder.appending(path: "data/mnist.h5").path)

      var sampleCount = 0
      func train(_ x: NDArray<Float>, _ y: NDArray<Int32>) {
        if x.rowShape == [1, 28, 28], x[0, 0, 0, 0] == 1, y[0] == 3 { sampleCount += y.count }
      }
      let mnist = try await MNIST(validationCount: 10_000)
      let digits = try ArraySource(mnist.train.images, mnist.train.labels)
      for (x, y) in digits.batches(of: 64, shuffle: .seed(1)) { train(x, y) }
      #expect(sampleCount == 100 && mnist.validation.sampleCount == 10_000)
    }
  }

  /// Compiled only: it would download.
  private func aDataSetOfYourOwn(digest: String) async throws {
    let recordings = Dataset(
      name: "recordings", file: "recordings.h5",
      sources: [SourceFile("recordings.npz", from: .download(["https://example.org/recordings.npz"]), sha256: digest)]
    ) { sources, target in
      var file = HDF5Writer()
      file.add(try NPZFile(path: sources[0]).array(named: "x", of: Float.self), named: "/recordings/x")
      try file.write(to: target)
    }
    let sounds = try HDF5File(path: try await recordings.fetch()).mapped(named: "/recordings/x", of: Float.self)
    _ = sounds
  }
}
