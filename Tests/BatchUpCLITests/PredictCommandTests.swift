import BatchUp
import BatchUpFiles
import Foundation
import TestSupport
import Testing

@testable import BatchUpCLI

@Suite struct PredictCommandTests {
  private let files: DigitFiles
  private let classifier: Classifier

  init() throws {
    files = try DigitFiles()
    classifier = Classifier(inputShape: [28, 28], hiddenCount: 16, classCount: 10, seed: 3)
    try classifier.write(safetensors: path("model"))
  }

  private func path(_ name: String) -> String { files.folder.url.appending(path: name).path }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: files.folder.url.path).sorted() }
  }

  private func predict(_ images: String, _ options: [String] = []) async throws -> BatchUpProcess {
    try await BatchUpProcess.run(
      ["predict", "--model", path("model"), "--images", images, "--output", path("scores.npy")] + options)
  }

  private func images() throws -> NDArray<UInt8> {
    try NDArray<UInt8>(idxFile: files.images)
  }

  private struct Outcome: Decodable {
    let image_count: Int
    let class_count: Int
    let error_rate: Double?
    let seconds: Double
  }

  @Test func scoresAreThoseOfTheClassifier() async throws {
    let images = try images()
    try images.write(npyFile: path("bytes.npy"))
    try RescaledBytes(images).converted().reshaped([60, 784]).write(npyFile: path("numbers.npy"))
    let expected = classifier.scores(for: RescaledBytes(images).converted())
    var files: Set<Data> = []
    for file in [self.files.images, path("bytes.npy"), path("numbers.npy")] {
      for options in [["--batch-size", "60"], ["--batch-size", "60", "--workers", "2"]] {
        let run = try await predict(file, options)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output.hasPrefix("\(path("scores.npy")): 10 scores for each of 60 images in "))
        let scores = try NDArray<Float>(npyFile: path("scores.npy"))
        #expect(scores.shape == expected.shape)
        // OpenBLAS has another number of threads there, and then may add in another order. That is 784 products, whose
        // sizes add up to less than 20, and 16 more; each sum is rounded to Float32: 800 * 20 * 2^-24 < 1e-3.
        #expect(zip(scores.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-3 })
        files.insert(try Data(contentsOf: URL(filePath: path("scores.npy"))))
        try FileManager.default.removeItem(atPath: path("scores.npy"))
      }
    }
    #expect(files.count == 1)
    #expect(try names == ["bytes.npy", "images.idx", "labels.idx", "model", "numbers.npy"])
  }

  /// Files of other formats, or in another order, are read into memory; labels are whole numbers of any type.
  @Test func otherFormats() async throws {
    let images = try images()
    let numbers = RescaledBytes(images).converted()
    var npz = NPZWriter()
    npz.add(images.map { Int64($0) }, named: "x")
    npz.add(numbers.map { Double($0) }, named: "z")
    npz.add(try TrainingData.readLabels(self.files.labels).map { Double($0) }, named: "y")
    try npz.write(to: path("data"))
    var hdf5 = HDF5Writer()
    hdf5.add(images, named: "x")
    try hdf5.write(to: path("h5"))
    _ = try await predict(self.files.images, ["--labels", self.files.labels])
    let expected = try Data(contentsOf: URL(filePath: path("scores.npy")))
    for (file, name) in [("data", "x"), ("data", "z"), ("h5", "x")] {
      let run = try await predict(
        path(file), ["--images-array", name, "--labels", path("data"), "--labels-array", "y"])
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      #expect(try Data(contentsOf: URL(filePath: path("scores.npy"))) == expected)
    }
    try Classifier(inputShape: [8, 8], hiddenCount: 4, classCount: 3, seed: 3).write(safetensors: path("model"))
    let fortran = try NDArray<Float>(npyFile: caseFile("fortran.npy"))
    try fortran.write(npyFile: path("c-order.npy"))
    #expect(try await predict(path("c-order.npy")).status == 0)
    let scores = try NDArray<Float>(npyFile: path("scores.npy"))
    #expect(try await predict(caseFile("fortran.npy")).status == 0)
    #expect(try NDArray<Float>(npyFile: path("scores.npy")) == scores)
  }

  @Test func labelsGiveTheErrorRate() async throws {
    let run = try await predict(files.images, ["--labels", files.labels, "--json", "--batch-size", "7"])
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let outcome = try JSONDecoder().decode(Outcome.self, from: Data(run.output.utf8))
    let labels = try TrainingData.readLabels(files.labels)
    let errorCount = ClassifierTraining(classifier).errorCount(of: RescaledBytes(try images()).converted(), labels)
    #expect(outcome.image_count == 60 && outcome.class_count == 10 && outcome.seconds > 0)
    #expect(outcome.error_rate == Double(errorCount) / 60)

    let without = try await predict(files.images, ["--json"])
    #expect(without.output.contains("\"error_rate\" : null"))
  }

  @Test func whatIsReadIsNotReplaced() async throws {
    let images = path("images.npy")
    try self.images().write(npyFile: images)
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: images)
    for output in [images, path("link"), path("model")] {
      let before = try Data(contentsOf: URL(filePath: output))
      let run = try await BatchUpProcess.run(
        ["predict", "--model", path("model"), "--images", images, "--output", output])
      #expect(run.status == 1 && run.errors.contains("\(output): is one of the files that are read"), "\(run.errors)")
      #expect(try Data(contentsOf: URL(filePath: output)) == before)
    }
  }

  @Test func noImages() async throws {
    try NDArray<UInt8>([], shape: [0, 28, 28]).write(npyFile: path("none.npy"))
    let run = try await predict(path("none.npy"))
    #expect(run.status == 0, "\(run.errors)")
    #expect(try NDArray<Float>(npyFile: path("scores.npy")).sampleCount == 0)
  }

  @Test func badFilesAreNamedInOneLine() async throws {
    try NDArray<Double>([0], shape: [1]).write(npyFile: path("doubles.npy"))
    try NDArray<UInt8>([0], shape: []).write(npyFile: path("single.npy"))
    try NDArray<UInt8>(repeating: 0, shape: [4, 28, 27]).write(npyFile: path("narrow.npy"))
    _ = try files.folder.write(IDXFixtures.labels([1, 2] as [UInt8]), to: "two.idx")
    _ = try files.folder.write(IDXFixtures.labels([UInt8](repeating: 1, count: 59) + [10]), to: "far.idx")
    var far = [Float](repeating: 0.5, count: 4 * 784)
    far[2 * 784 + 5] = 1.5
    try NDArray(far, shape: [4, 28, 28]).write(npyFile: path("far.npy"))
    let before = try names
    for (images, options, words) in [
      (path("nothing"), [], ["nothing", "cannot be opened"]),
      (path("nothing.npy"), [], ["nothing.npy", "cannot be opened"]),
      (path("model"), [], ["model: has 4 arrays; choose one with --images-array: hidden.bias"]),
      (path("doubles.npy"), [], ["doubles.npy", "[]", "[28, 28]"]),
      (path("single.npy"), ["--images-array", "x"], ["single.npy: has no array \"x\""]),
      (
        path("far.npy"), ["--batch-size", "1"], ["far.npy: image 2 has the number 1.5, expected 0 to 1", "--to uint8"]
      ),
      (path("far.npy"), ["--batch-size", "1", "--workers", "1"], ["far.npy: image 2 has the number 1.5"]),
      (files.images, ["--model", path("far.npy")], ["far.npy: is a file of format npy, expected a safetensors file"]),
      (path("single.npy"), [], ["single.npy"]),
      (path("narrow.npy"), [], ["narrow.npy", "[28, 27]", "[28, 28]", path("model")]),
      (files.images, ["--labels", path("two.idx")], ["two.idx", "60", "2"]),
      (files.images, ["--labels", path("far.idx")], ["far.idx", "label 10", "position 59"]),
      (files.images, ["--model", files.images], ["images.idx"]),
      (files.images, ["--output", path("none/scores.npy")], ["none/scores.npy", "cannot be written"]),
      (files.images, ["--output", "/dev/null"], ["/dev/null"]),
    ] as [(String, [String], [String])] {
      let run = try await predict(images, options)
      #expect(run.status == 1 && run.output.isEmpty, "\(words) \(run.output)")
      #expect(run.errorLines.count == 1 && run.errors.hasPrefix("batchup: "), "\(run.errors)")
      for word in words { #expect(run.errors.contains(word), "\(run.errors)") }
      #expect(try names == before, "\(words)")
    }
    for bad in [["--batch-size", "0"], ["--batch-size", "65537"], ["--workers", "-1"]] {
      let run = try await predict(files.images, bad)
      #expect(run.status == 64 && run.output.isEmpty && run.errors.contains(bad[0]))
    }
  }

  @Test func batchesBeyondMemory() async throws {
    try Classifier(inputShape: [1], hiddenCount: 16_400, classCount: 2, seed: 1).write(safetensors: path("wide"))
    try NDArray<UInt8>(repeating: 0, shape: [65_536, 1]).write(npyFile: path("many.npy"))
    let run = try await predict(path("many.npy"), ["--model", path("wide"), "--batch-size", "65536"])
    #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1)
    #expect(run.errors.contains("batches of 65536 with 16400 hidden units need more than"), "\(run.errors)")
  }

  @Test func whatAnotherRunHasLeftIsRefused() async throws {
    do {
      let output = try NPYOutput<Float>(path: path("scores.npy"), shape: [60, 10], resuming: [1, 2])
      try output.write(NDArray(repeating: 1, shape: [7, 10]), at: 0)
      let run = try await predict(files.images)
      #expect(run.status == 1 && run.errorLines.count == 1)
      #expect(run.errors.contains("scores.npy.partial: another process is writing it"), "\(run.errors)")
    }
    let run = try await predict(files.images)
    #expect(run.status == 1 && run.errorLines.count == 1)
    #expect(run.errors.contains("scores.npy.partial: was left by another run"), "\(run.errors)")
    #expect(try names == ["images.idx", "labels.idx", "model", "scores.npy.partial"])
  }
}
