import BatchUp
import BatchUpFiles
import FileTestSupport
import Testing

@testable import BatchUpDatasets

/// The files of data sets: those that are in order, and others.
@Suite struct CacheTests {
  let directory: TemporaryDirectory
  private typealias Small = SmallDataset

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("cache.h5") }

  /// A file with nodes of the group `mnist`, which differ from those of a small data set.
  private func write(
    images: NDArray<UInt8>? = nil, labels: NDArray<Int32>? = nil, leavingOut missing: String? = nil,
    layout: HDF5Writer.Layout = .contiguous
  ) throws {
    var writer = HDF5Writer()
    func add<Scalar: NPYScalar>(_ array: NDArray<Scalar>, _ name: String) {
      if name != missing { writer.add(array, named: "/mnist/\(name)", layout: layout) }
    }
    add(images ?? Small.pixels(Small.train, [1, 28, 28]), "train_X_u8")
    add(labels ?? NDArray(Small.labels(Small.train)), "train_y")
    add(Small.pixels(Small.test, [1, 28, 28]), "test_X_u8")
    add(NDArray(Small.labels(Small.test)), "test_y")
    try writer.write(to: path)
  }

  private func expect(_ expected: some Error & Equatable, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: expected, sourceLocation: sourceLocation) { try Dataset.mnist.check(path) }
    #expect(throws: expected, sourceLocation: sourceLocation) { try MNIST(cache: path, validationCount: 0) }
  }

  @Test func whatIsConvertedIsInOrder() throws {
    for small in try SmallDataset.all(in: directory) {
      try small.convert(in: directory, to: path)
      try small.dataset.check(path)
    }
  }

  /// Of a file of each data set, as of one that was not written to its end.
  @Test func everyTruncation() throws {
    for small in try SmallDataset.all(in: directory) {
      try small.convert(in: directory, to: path)
      let whole = try directory.read("cache.h5")
      for count in stride(from: 0, to: whole.count, by: max(whole.count / 300, 1)) + [whole.count - 1] {
        let cut = try directory.write(Array(whole[..<count]), name: "cut")
        #expect("\(small.dataset.name): \(count) of \(whole.count)") {
          try small.dataset.check(cut)
        } throws: { error in
          if case DatasetContentsError.wrongDigest = error { true } else { error is HDF5Error }
        }
      }
    }
  }

  /// None of the sets takes the file of another one, but for the two that look alike.
  @Test func otherSets() throws {
    for small in try SmallDataset.all(in: directory) {
      try small.convert(in: directory, to: path)
      let takers = Dataset.standard.filter { dataset in (try? dataset.check(path)) != nil }.map(\.name)
      let alike = ["mnist", "fashion-mnist"]
      #expect(takers == (alike.contains(small.dataset.name) ? alike : [small.dataset.name]))
    }
  }

  @Test func nodesThatAreMissingOrOfAnotherType() throws {
    for node in ["train_X_u8", "train_y", "test_X_u8", "test_y"] {
      try write(leavingOut: node)
      expect(HDF5Error.noDataset(path: path, dataset: "/mnist/\(node)"))
    }
    var writer = HDF5Writer()
    writer.add(NDArray<Int8>(repeating: 0, shape: [2, 1, 28, 28]), named: "/mnist/train_X_u8")
    try writer.write(to: path)
    expect(
      HDF5Error.wrongElementType(path: path, dataset: "/mnist/train_X_u8", expected: .uint8, found: .int8))
  }

  @Test func shapesAndCounts() throws {
    for shape in [[10, 28, 28], [10, 1, 28, 27], [7840], [10, 1, 28, 28, 1]] {
      try write(images: NDArray(repeating: 0, shape: shape))
      expect(
        DatasetContentsError.wrongShape(
          path: path, array: "/mnist/train_X_u8", expected: [1, 28, 28], found: shape))
    }
    try write(labels: NDArray(repeating: 0, shape: [9]))
    expect(DatasetContentsError.wrongCount(path: path, array: "/mnist/train_y", expected: 10, found: 9))
    try write(labels: NDArray(repeating: 0, shape: [10, 1]))
    expect(
      DatasetContentsError.wrongShape(path: path, array: "/mnist/train_y", expected: [], found: [10, 1]))
  }

  @Test(arguments: [-1, 10, Int32.max, .min]) func labelsThatAreNone(label: Int32) throws {
    try write(labels: NDArray([0, 9, label, 0, 0, 0, 0, 0, 0, 0]))
    expect(
      DatasetContentsError.labelOutOfRange(
        path: path, array: "/mnist/train_y", position: 2, label: Int(label), classCount: 10))
  }

  /// As Python's BatchUp writes some arrays; those are in memory.
  @Test(arguments: [
    HDF5Writer.Layout.chunked(rowCount: 3), .chunked(rowCount: 4, deflateLevel: 9, shuffling: true),
  ])
  func chunks(layout: HDF5Writer.Layout) throws {
    try write(layout: layout)
    try Dataset.mnist.check(path)
    let set = try MNIST(cache: path, validationCount: 3)
    #expect(set.train.images.bytes == Small.pixels(0..<7, [1, 28, 28]))
    #expect(set.validation.labels.scalars == Small.labels(7..<10))
  }

  @Test(arguments: [-1, 11, Int.max, .min]) func validationThatCannotBe(count: Int) throws {
    try write()
    let expected = DatasetContentsError.invalidValidationCount(path: path, requested: count, found: 10)
    #expect(throws: expected) { try MNIST(cache: path, validationCount: count) }
    #expect(throws: expected) { try FashionMNIST(cache: path, validationCount: count) }
    let stl = try #require(try SmallDataset.all(in: directory).first { $0.dataset.name == "stl10" })
    try stl.convert(in: directory, to: path)
    #expect(throws: DatasetContentsError.invalidFoldCount(path: path, requested: count, found: 4)) {
      try STL10(cache: path, validationFolds: count)
    }
  }

  @Test(arguments: [-1, 10] as [Int32]) func foldsOfWhatIsNotThere(index: Int32) throws {
    let layout = CacheLayout.stl10
    var writer = HDF5Writer()
    for (part, range) in [("train", Small.train), ("test", Small.test)] {
      writer.add(Small.pixels(range, [3, 96, 96]), named: layout.node("\(part)_X_u8"))
      writer.add(NDArray(Small.labels(range)), named: layout.node("\(part)_y"))
    }
    writer.add(Small.pixels(Small.unlabelled, [3, 96, 96]), named: layout.node("unl_X_u8"))
    writer.add(Small.stlNames, named: layout.node("class_names"))
    writer.add([[0, 9], [3, index]], named: layout.node("fold_indices"))
    try writer.write(to: path)
    let expected = DatasetContentsError.foldIndexOutOfRange(path: path, fold: 1, index: Int(index), count: 10)
    #expect(throws: expected) { try Dataset.stl10.check(path) }
    #expect(throws: expected) { try STL10(cache: path) }
  }

  /// The images stay valid when the set is gone, and when the file has been replaced.
  @Test func imagesAreMapped() throws {
    try write()
    let images = try MNIST(cache: path, validationCount: 0).train.images
    try write(images: NDArray(repeating: 7, shape: [10, 1, 28, 28]))
    #expect(images.bytes == Small.pixels(Small.train, [1, 28, 28]))
  }
}

private func + (sequence: StrideTo<Int>, more: [Int]) -> [Int] { Array(sequence) + more }
