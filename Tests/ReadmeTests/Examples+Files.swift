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
      try Examples.writeHDF5()
      try Examples.readHDF5()
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

  /// In a process of its own, as above.
  @Test func archivesAndTables() async {
    await #expect(processExitsWith: .success) {
      let folder = FileManager.default.temporaryDirectory.appending(path: "batchup-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try #require(FileManager.default.changeCurrentDirectoryPath(folder.path))
      var writer = NPZWriter()
      writer.add(trainX, named: "x")
      writer.add(trainY, named: "y")
      try writer.write(to: "train.npz")
      try Data("width,species,length\n1,b,NA\n2.5,a,3\n".utf8).write(to: folder.appending(path: "iris.csv"))
      try Examples.readArchive()
      try Data("name;price\na;1,5\nb;?\n".utf8).write(to: folder.appending(path: "prices.csv.gz"))
      try Examples.readTable()
      try Examples.readPrices()
    }
  }

  private static func readArchive() throws {
    let archive = try NPZFile(path: "train.npz")
    for member in archive.members { print(member.name, member.storage, member.array?.shape ?? []) }
    let y = try archive.array(named: "y", of: Int32.self)
    let x = try archive.mapped(named: "x", of: Float.self)
    #expect(try y == trainY && x.array == trainX)

    var npz = NPZWriter(compression: .deflate())  // or .none
    npz.add(trainX, named: "x")
    try npz.write(to: "small.npz")
    #expect(try NPZFile(path: "small.npz").array(named: "x", of: Float.self) == trainX)
  }

  private static func readTable() throws {
    let table = try CSVFile(path: "iris.csv")  // separator: .semicolon, hasHeader: false
    let features = try table.array(columns: ["width", "length"], of: Float.self, missing: .nan)
    let (species, speciesNames) = try table.labels(column: "species")

    let names = (table.columnNames ?? []).filter { $0 != "species" }
    let allOthers = try table.array(columns: names.map(CSVColumn.named), of: Float.self, missing: .nan)
    #expect(features.shape == [2, 2] && features[0, 1].isNaN && features[1, 1] == 3)
    #expect(allOthers.shape == [2, 2] && allOthers[1, 0] == 2.5 && allOthers[1, 1] == 3)
    #expect(species.scalars == [1, 0] && speciesNames == ["a", "b"])
  }

  private static func readPrices() throws {
    let prices = try CSVFile(
      path: "prices.csv.gz", separator: .semicolon, decimal: .comma,
      missing: CSVFile.standardMissingSpellings.union(["?"]))
    let price = try prices.array(column: "price", of: Double.self, missing: .nan)
    #expect(price[0] == 1.5 && price[1].isNaN)
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

    let blocks = BlockShuffle.recommended(rowByteCount: 3136, sampleCount: mapped.sampleCount, memoryLimit: 1 << 30)
    print(blocks.mixing(sampleCount: mapped.sampleCount, batchSize: 64))
    var mixed = fromFile.batches(of: 64, shuffle: .seed(1, epoch: 3, memory: .blocks(blocks))).makeIterator()
    while let (x, y) = try mixed.nextBatch() { train(x, y) }

    let raw = try MappedArray<UInt8>(file: "images.bin", offset: 16, shape: [1000, 28, 28])
    let unchanging = try ArraySource(RescaledBytes(raw.array), trainY)  // the file must not shrink: no errors
    for (x, y) in unchanging.batches(of: 64).prefix(3) { train(x, y) }
    #expect(images == trainX)
  }

  private static func readHDF5() throws {
    let hdf5 = try HDF5File(path: "train.h5")
    for dataset in hdf5.datasets { print(dataset.name, dataset.typeDescription, dataset.shape, dataset.storage) }
    let inMemory = try hdf5.array(named: "train/y", of: Int32.self)
    let mappedImages = try hdf5.mapped(named: "train/x", of: Float.self)
    let chunked = try HDF5Array<Float>(hdf5, named: "train/chunked", cacheByteLimit: 64 << 20)
    let compressed = try ArraySource(loading: chunked, inMemory)
    #expect(mappedImages.shape == trainX.shape)
    _ = compressed
    #expect(throws: MATError.self) {
      let mat = try MATFile(path: "train_32x32.mat")
      let pixels = try mat.array(named: "X", of: UInt8.self)  // (32, 32, 3, n)
      _ = pixels
    }
  }

  private static func writeHDF5() throws {
    var writer = HDF5Writer()
    writer.add(trainX, named: "train/x")
    writer.add(trainX, named: "train/chunked", layout: .chunked(rowCount: 64, deflateLevel: 4, shuffling: true))
    writer.add(trainY, named: "train/y")
    try writer.write(to: "train.h5")

    var large = HDF5Writer()
    large.reserve(shape: [1000, 28, 28], of: Float.self, named: "x")
    try large.write(to: "large.h5") { output in
      for x in try ArraySource(trainX).batches(of: 256) { try output.append(x, to: "x") }
    }
    #expect(try HDF5File(path: "large.h5").array(named: "x", of: Float.self) == trainX)
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
