import BatchUp
import BatchUpFiles
import FileTestSupport

@testable import BatchUpDatasets

/// The source files of a data set with a few images of the real size.
struct SmallDataset: Sendable {
  let dataset: Dataset
  var sources: [[UInt8]]

  static let trainCount = 10
  static let testCount = 3
  static let unlabelledCount = 2

  /// Of all sets, by their names.
  static func all(in directory: TemporaryDirectory) throws -> [SmallDataset] {
    [
      SmallDataset(dataset: .mnist, sources: idxFiles), SmallDataset(dataset: .fashionMNIST, sources: idxFiles),
      SmallDataset(dataset: .cifar10, sources: [tarGzip(cifar10Members)]),
      SmallDataset(dataset: .cifar100, sources: [tarGzip(cifar100Members)]),
      SmallDataset(dataset: .svhn, sources: [matFile(trainCount), matFile(testCount, first: trainCount)]),
      SmallDataset(dataset: .svhnExtra, sources: [matFile(trainCount)]),
      SmallDataset(dataset: .stl10, sources: [stl10Archive]),
      SmallDataset(dataset: .usps, sources: [try uspsFile(in: directory)]),
    ]
  }

  /// Writes the sources to files and makes the data set's file of them.
  func convert(in directory: TemporaryDirectory, to target: String) throws {
    let paths = try sources.enumerated().map { try directory.write($1, name: "source-\($0)") }
    try dataset.convert(paths, target)
  }

  /// Another value for each place of an image and each image; transposed images are others.
  ///
  /// - Parameter isTransposed: whether pixels of a column are neighbours.
  static func pixels(_ range: Range<Int>, _ shape: [Int], isTransposed: Bool = false) -> NDArray<UInt8> {
    let (channelCount, height, width) = (shape[0], shape[1], shape[2])
    let (lineStep, pixelStep) = isTransposed ? (3, 5) : (5, 3)
    return NDArray(unsafeUninitializedShape: [range.count] + shape) { elements in
      var i = 0
      for plane in range.lowerBound * channelCount..<range.upperBound * channelCount {
        for line in 0..<height {
          let first = line * lineStep + plane % channelCount * 17 + plane / channelCount * 31
          for pixel in 0..<width { elements[i + pixel] = UInt8(truncatingIfNeeded: first + pixel * pixelStep) }
          i += width
        }
      }
    }
  }

  static func labels(_ range: Range<Int>, of classCount: Int = 10) -> [Int32] {
    range.map { Int32(($0 * 7 + 3) % classCount) }
  }

  static let train = 0..<trainCount
  static let test = trainCount..<trainCount + testCount
  static let unlabelled = trainCount + testCount..<trainCount + testCount + unlabelledCount
}

extension SmallDataset {
  static let idxFiles: [[UInt8]] =
    [train, test].flatMap { range in
      [
        gzipped(idx([range.count, 28, 28], pixels(range, [1, 28, 28]).scalars)),
        gzipped(idx([range.count], labels(range).map(UInt8.init))),
      ]
    }

  static func idx(_ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)] + shape.flatMap { littleEndianBytes(UInt32($0)).reversed() } + bytes
  }

  /// In an order of their own, beside what no data set needs.
  static let cifar10Members: [TarMember] = {
    func records(_ range: Range<Int>) -> [UInt8] {
      range.flatMap { i in labels(i..<i + 1).map(UInt8.init) + pixels(i..<i + 1, [3, 32, 32]).scalars }
    }
    let batches = [0..<2, 2..<3, 3..<6, 6..<9, 9..<10]
    return [
      TarMember(name: "cifar-10-batches-bin/", type: "5"),
      TarMember(name: "cifar-10-batches-bin/test_batch.bin", content: records(test)),
    ]
      + zip([1, 4, 2, 5, 3], [0, 3, 1, 4, 2]).map {
        TarMember(name: "cifar-10-batches-bin/data_batch_\($0).bin", content: records(batches[$1]))
      } + [TarMember(name: "cifar-10-batches-bin/readme.html", content: [1, 2, 3])]
  }()

  static let fineNames = (0..<100).map { "class \($0)" }
  static let coarseNames = (0..<20).map { "kind_\($0)" }

  static let cifar100Members: [TarMember] = {
    func records(_ range: Range<Int>) -> [UInt8] {
      range.flatMap { i in
        labels(i..<i + 1, of: 20).map(UInt8.init) + labels(i..<i + 1, of: 100).map(UInt8.init)
          + pixels(i..<i + 1, [3, 32, 32]).scalars
      }
    }
    return [
      TarMember(name: "cifar-100-binary/train.bin", content: records(train)),
      TarMember(name: "cifar-100-binary/test.bin", content: records(test)),
      TarMember(name: "cifar-100-binary/fine_label_names.txt", content: lines(fineNames) + [0x0A]),
      TarMember(name: "cifar-100-binary/coarse_label_names.txt", content: lines(coarseNames)),
    ]
  }()

  static func matFile(_ count: Int, first: Int = 0, isCompressed: Bool = true) -> [UInt8] {
    let columns = pixels(first..<first + count, [3, 32, 32], isTransposed: true).scalars
    let shape = [32, 32, 3] + (count == 1 ? [] : [Int32(count)])
    let classes = labels(first..<first + count).map { $0 == 0 ? 10 : UInt8($0) }
    let variables = [
      MATContents.variable("X", flags: 9, shape: shape, type: 2, columns),
      MATContents.variable("y", flags: 6, shape: [Int32(count), 1], type: 2, classes),
    ]
    return MATContents.header + variables.flatMap { isCompressed ? MATContents.compressed($0) : $0 }
  }

  static let stlNames = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]
  static let stlFolds: [[Int32]] = [[0, 1, 2], [], [3, 1, 9], [8, 4, 0]]

  static let stl10Members: [TarMember] = {
    func columns(_ range: Range<Int>) -> [UInt8] { pixels(range, [3, 96, 96], isTransposed: true).scalars }
    func numbers(_ range: Range<Int>) -> [UInt8] { labels(range).map { UInt8($0 + 1) } }
    let folds = stlFolds.map { $0.map(String.init).joined(separator: " ") + " " }
    return [
      TarMember(name: "stl10_binary/test_X.bin", content: columns(test)),
      TarMember(name: "stl10_binary/test_y.bin", content: numbers(test)),
      TarMember(name: "stl10_binary/train_X.bin", content: columns(train)),
      TarMember(name: "stl10_binary/unlabeled_X.bin", content: columns(unlabelled)),
      TarMember(name: "stl10_binary/train_y.bin", content: numbers(train)),
      TarMember(name: "stl10_binary/class_names.txt", content: lines(stlNames)),
      TarMember(name: "stl10_binary/fold_indices.txt", content: lines(folds)),
    ]
  }()

  static let stl10Archive = tarGzip(stl10Members)

  static func uspsImages(_ range: Range<Int>) -> NDArray<Float> {
    pixels(range, [1, 16, 16]).map { Float($0) / 128 - 1 }
  }

  static func uspsFile(in directory: TemporaryDirectory) throws -> [UInt8] {
    var writer = HDF5Writer()
    for (part, range) in [("train", train), ("test", test)] {
      writer.add(uspsImages(range), named: "/usps/\(part)_X")
      writer.add(NDArray(labels(range)), named: "/usps/\(part)_y")
    }
    try writer.write(to: directory.path("usps"))
    return try directory.read("usps")
  }

  private static func lines(_ texts: [String]) -> [UInt8] { texts.flatMap { Array("\($0)\n".utf8) } }
}
