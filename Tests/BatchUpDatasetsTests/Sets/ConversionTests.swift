import BatchUp
import BatchUpDatasets
import BatchUpFiles
import FileTestSupport
import Testing

/// From source files to arrays, for each data set.
@Suite struct ConversionTests {
  let directory: TemporaryDirectory
  private typealias Small = SmallDataset

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("cache.h5") }

  private func convert(_ dataset: Dataset, _ sources: [[UInt8]]) throws -> String {
    try SmallDataset(dataset: dataset, sources: sources).convert(in: directory, to: path)
    return path
  }

  private func expect(
    _ part: LabelledImages<RescaledBytes>, _ samples: some Sequence<Int>, _ shape: [Int],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let samples = Array(samples)
    #expect(
      part.sampleCount == samples.count && part.images.shape == [samples.count] + shape, sourceLocation: sourceLocation)
    let pixels = samples.flatMap { Small.pixels($0..<$0 + 1, shape).scalars }
    #expect(part.images.bytes.scalars == pixels, sourceLocation: sourceLocation)
    #expect(part.labels.scalars == samples.flatMap { Small.labels($0..<$0 + 1) }, sourceLocation: sourceLocation)
  }

  /// Without validation, with some, and with nothing else.
  @Test(arguments: [0, 1, 4, 10]) func mnist(validationCount: Int) throws {
    let set = try MNIST(
      cache: convert(.mnist, Small.idxFiles), validationCount: validationCount, range: -1...1)
    expect(set.train, 0..<10 - validationCount, [1, 28, 28])
    expect(set.validation, 10 - validationCount..<10, [1, 28, 28])
    expect(set.test, Small.test, [1, 28, 28])
    for part in [set.train, set.validation, set.test] {
      #expect(part.images.offsets == [-1] && part.images.scales == [Float(2.0 / 255)])
    }
  }

  @Test(arguments: [0, 4]) func fashionMNIST(validationCount: Int) throws {
    let set = try FashionMNIST(cache: convert(.fashionMNIST, Small.idxFiles), validationCount: validationCount)
    expect(set.train, 0..<10 - validationCount, [1, 28, 28])
    expect(set.validation, 10 - validationCount..<10, [1, 28, 28])
    expect(set.test, Small.test, [1, 28, 28])
    #expect(set.test.images.offsets == [0] && set.test.images.scales == [Float(1.0 / 255)])
  }

  @Test(arguments: [0, 4]) func cifar10(validationCount: Int) throws {
    let cache = try convert(.cifar10, [tarGzip(Small.cifar10Members)])
    let set = try CIFAR10(cache: cache, validationCount: validationCount)
    expect(set.train, 0..<10 - validationCount, [3, 32, 32])
    expect(set.validation, 10 - validationCount..<10, [3, 32, 32])
    expect(set.test, Small.test, [3, 32, 32])
    #expect(set.classNames.count == 10 && set.classNames[9] == "truck")
  }

  @Test(arguments: [0, 4]) func cifar100(validationCount: Int) throws {
    let cache = try convert(.cifar100, [tarGzip(Small.cifar100Members)])
    let set = try CIFAR100(cache: cache, validationCount: validationCount, range: 0...255)
    let parts = [
      (set.train, 0..<10 - validationCount), (set.validation, 10 - validationCount..<10), (set.test, Small.test),
    ]
    for (part, samples) in parts {
      #expect(part.images.bytes == Small.pixels(samples, [3, 32, 32]))
      #expect(part.images.scales == [1] && part.sampleCount == samples.count)
      #expect(part.labels.scalars == Small.labels(samples, of: 100))
      #expect(part.coarseLabels.scalars == Small.labels(samples, of: 20))
    }
    #expect(set.classNames == Small.fineNames && set.coarseClassNames == Small.coarseNames)
  }

  /// One image has the shape (32, 32, 3).
  @Test(arguments: [1, 10], [false, true]) func svhn(count: Int, isCompressed: Bool) throws {
    let sources = [
      Small.matFile(count, isCompressed: isCompressed), Small.matFile(3, first: 10, isCompressed: isCompressed),
    ]
    let set = try SVHN(cache: convert(.svhn, sources), validationCount: 1)
    expect(set.train, 0..<count - 1, [3, 32, 32])
    expect(set.validation, count - 1..<count, [3, 32, 32])
    expect(set.test, Small.test, [3, 32, 32])
    // The file has 10 for it.
    #expect(count == 1 || set.train.labels.scalars.contains(0))
  }

  @Test func svhnExtra() throws {
    let set = try SVHNExtra(cache: convert(.svhnExtra, [Small.matFile(10)]), range: -0.5...0.5)
    #expect(set.images.bytes == Small.pixels(0..<10, [3, 32, 32]) && set.images.offsets == [-0.5])
    #expect(set.labels.scalars == Small.labels(0..<10))
  }

  /// Labels of house numbers of any type; only X must be of bytes.
  @Test(arguments: [
    (UInt32(6), UInt32(9)), (7, 7), (8, 1), (9, 2), (10, 3), (11, 4), (12, 5), (13, 6), (14, 12), (15, 13),
  ])
  func labelsOfAnyType(mxClass: UInt32, type: UInt32) throws {
    let count = 3
    let values = [10, 1, 9]
    let data: [UInt8] = values.flatMap { value -> [UInt8] in
      switch type {
      case 9: littleEndianBytes(Double(value).bitPattern)
      case 7: littleEndianBytes(Float(value).bitPattern)
      case 1, 2: [UInt8(value)]
      case 3, 4: littleEndianBytes(UInt16(value))
      case 5, 6: littleEndianBytes(UInt32(value))
      default: littleEndianBytes(UInt64(value))
      }
    }
    let images = MATContents.variable(
      "X", flags: 9, shape: [32, 32, 3, 3], type: 2, [UInt8](repeating: 7, count: count * 3072))
    let labels = MATContents.variable("y", flags: mxClass, shape: [3, 1], type: type, data)
    let set = try SVHNExtra(cache: convert(.svhnExtra, [MATContents.header + images + labels]))
    #expect(set.labels.scalars == [0, 1, 9])
  }

  /// Validation sets are those of the last folds, one after the other, also with the same sample twice.
  @Test(arguments: [(0, []), (1, [8, 4, 0]), (2, [3, 1, 9, 8, 4, 0]), (4, [0, 1, 2, 3, 1, 9, 8, 4, 0])])
  func stl10(validationFolds: Int, expected: [Int]) throws {
    let cache = try convert(.stl10, [Small.stl10Archive])
    let set = try STL10(cache: cache, validationFolds: validationFolds)
    expect(set.validation, expected, [3, 96, 96])
    expect(set.train, (0..<10).filter { !expected.contains($0) }, [3, 96, 96])
    expect(set.test, Small.test, [3, 96, 96])
    #expect(set.unlabelled.bytes == Small.pixels(Small.unlabelled, [3, 96, 96]))
    #expect(set.classNames == Small.stlNames && set.foldIndices == Small.stlFolds)
  }

  @Test(arguments: [0, 4]) func usps(validationCount: Int) throws {
    let file = try Small.uspsFile(in: directory)
    let set = try USPS(cache: convert(.usps, [file]), validationCount: validationCount)
    let parts = [
      (set.train, 0..<10 - validationCount), (set.validation, 10 - validationCount..<10), (set.test, Small.test),
    ]
    for (part, samples) in parts {
      #expect(part.images == Small.uspsImages(samples) && part.labels.scalars == Small.labels(samples))
    }
    // The source may be somebody's own file.
    #expect(try directory.read("source-0") == file)
  }

  /// The file does not depend on anything but the sources.
  @Test func sameSourcesMakeTheSameFile() throws {
    for small in try SmallDataset.all(in: directory) {
      let files = try (0..<2).map { _ in
        try small.convert(in: directory, to: path)
        return try directory.read("cache.h5")
      }
      #expect(files[0] == files[1], "\(small.dataset.name)")
    }
  }

  /// An archive in any order, with a dot in front of names.
  @Test func orderAndDotsDoNotMatter() throws {
    let members = Small.stl10Members
    try small(.stl10, members).convert(in: directory, to: path)
    let expected = try directory.read("cache.h5")
    for shift in 1..<members.count {
      var others = Array(members[shift...] + members[..<shift])
      for i in others.indices { others[i].name = "./" + others[i].name }
      try small(.stl10, others).convert(in: directory, to: path)
      #expect(try directory.read("cache.h5") == expected)
    }
  }

  private func small(_ dataset: Dataset, _ members: [TarMember]) -> SmallDataset {
    SmallDataset(dataset: dataset, sources: [tarGzip(members)])
  }
}
