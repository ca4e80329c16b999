import BatchUp
import BatchUpFiles
import BatchUpImages
import Foundation
import Testing

// Those that read and write files.
extension Examples {
  @Test func files() {
    #expect(throws: IDXError.self) {
      let images = try NDArray<UInt8>(idxFile: "train-images-idx3-ubyte.gz")
      let labels = try NDArray<UInt8>(idxFile: "train-labels-idx1-ubyte.gz")
      let digits = try ArraySource(RescaledBytes(images), labels)
      _ = digits
    }
  }

  /// In a folder of its own, which the process has to be in: a process of its own, too.
  @Test func arraysInFiles() async {
    await #expect(processExitsWith: .success) {
      let folder = FileManager.default.temporaryDirectory.appending(path: "batchup-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try #require(FileManager.default.changeCurrentDirectoryPath(folder.path))
      try trainX.write(npyFile: "images.npy")
      try NDArray<UInt8>(repeating: 255, shape: [1000 * 28 * 28 + 16 - 128]).write(npyFile: "images.bin")
      try Examples.readArrays()
      try Examples.writeArrays()
    }
  }

  /// In a process of its own, as above.
  @Test func imageFolders() async {
    await #expect(processExitsWith: .success) {
      let directory = FileManager.default.temporaryDirectory.appending(path: "batchup-\(UUID())")
      defer { try? FileManager.default.removeItem(at: directory) }
      // 2 x 2 pixels, gray, of value 7
      let png = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNkZ2BiYAAAADUAC6RaRLsAAAAASUVORK5CYII="
      for name in ["cats", "dogs"] {
        let photos = directory.appending(path: "photos/\(name)")
        try FileManager.default.createDirectory(at: photos, withIntermediateDirectories: true)
        try #require(Data(base64Encoded: png)).write(to: photos.appending(path: "1.png"))
      }
      try #require(FileManager.default.changeCurrentDirectoryPath(directory.path))
      let pool = WorkerPool(workerCount: 2)
      let folder = try ImageFolder("photos", width: 224, height: 224, fitting: .cropCentre)
      print(folder.classNames, folder.paths.count)
      let photos = try ArraySource(loading: folder, folder.labels).map { x, y in (RescaledBytes(x).converted(), y) }
      for try await (x, y) in photos.batches(of: 64, shuffle: .random).prefetched(by: pool).async { train(x, y) }
      #expect(folder.classNames == ["cats", "dogs"])
    }
  }

  private static func readArrays() throws {
    let images = try NDArray<Float>(npyFile: "images.npy")
    try images.write(npyFile: "copy.npy")
    let file = try NPYFile(path: "images.npy")
    print(file.elementType, file.shape, file.byteOrder, file.isFortranOrder)

    let mapped = try MappedArray<Float>(npyFile: "images.npy", residencyLimit: 64 << 20)
    let fromFile = try ArraySource(loading: mapped, trainY)
    var batches = fromFile.batches(of: 64, shuffle: .seed(1)).makeIterator()
    while let (x, y) = try batches.nextBatch() { train(x, y) }

    let raw = try MappedArray<UInt8>(file: "images.bin", offset: 16, shape: [1000, 28, 28])
    let unchanging = try ArraySource(RescaledBytes(raw.array), trainY)  // for a file that nobody makes shorter: no errors
    for (x, y) in unchanging.batches(of: 64).prefix(3) { train(x, y) }
    #expect(images == trainX)
  }

  private static func writeArrays() throws {
    let modelDigest: UInt64 = 12345
    let output = try NPYOutput<Float>(path: "predictions.npy", shape: [1000, 10], resuming: [modelDigest])
    var row = output.completedRowCount
    while row < 1000 {
      let rows = row..<min(row + 64, 1000)
      try output.write(model(trainX[rows: rows]), at: row)
      row = rows.upperBound
    }
    try output.finish()
    #expect(try NDArray<Float>(npyFile: "predictions.npy") == model(trainX))

    let large = try ArraySource(loading: MappedArray<Float>(npyFile: "images.npy"))
    try large.predict(batchSize: 256, into: .npy("scores.npy", resuming: [modelDigest])) { x in model(x) }
    var results = NDArray<Float>(repeating: 0, shape: [1000, 10])
    try large.predict(batchSize: 256, into: &results, progress: TerminalProgress(label: "predicting")) { x in model(x) }
    #expect(try NDArray<Float>(npyFile: "scores.npy") == results)
  }

  @Test func modelFiles() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "batchup-\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (weights, biases) = (NDArray<Float>(repeating: 1, shape: [3, 4]), NDArray<Float>([1, 2, 3]))

    var writer = SafetensorsWriter(metadata: ["made by": "BatchUp"])
    writer.add(weights, named: "hidden.weight")
    writer.add(biases, named: "hidden.bias")
    try writer.write(to: path)

    let file = try SafetensorsFile(path: path)
    for tensor in file.tensors { print(tensor.name, tensor.elementType, tensor.shape) }
    let hidden = try file.array(named: "hidden.weight", of: Float.self)
    #expect(hidden == weights)
  }
}
