import BatchUp
import BatchUpFiles

extension Dataset {
  /// Handwritten digits.
  public static let mnist = Dataset(
    name: "mnist", file: "mnist.h5", layout: .mnist,
    sources: idxSources(
      in: [
        "https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
      ],
      sha256: [
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      ]),
    convert: convertIDX)

  /// Articles of clothing, in the form of MNIST.
  public static let fashionMNIST = Dataset(
    name: "fashion-mnist", file: "fashion-mnist.h5", layout: .mnist,
    sources: idxSources(
      in: [
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
      ],
      sha256: [
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
      ]),
    convert: convertIDX)

  private static func idxSources(in folders: [String], sha256: [String]) -> [SourceFile] {
    let names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"]
    return zip(names, sha256).map { SourceFile("\($0)-ubyte.gz", in: folders, sha256: $1) }
  }
}

extension CacheLayout {
  static let mnist = trainAndTest("mnist", imageShape: [1, 28, 28])
}

/// The sources are images and labels of the training set, then those of the test set.
@Sendable private func convertIDX(_ sources: [String], to target: String) throws {
  var writer = CacheDigest.writer()
  for (part, images, labels) in [("train", sources[0], sources[1]), ("test", sources[2], sources[3])] {
    let (pixels, classes) = try labelledImages(images, labels)
    writer.add(pixels, named: CacheLayout.mnist.node("\(part)_X_u8"))
    writer.add(classes, named: CacheLayout.mnist.node("\(part)_y"))
  }
  try writer.write(to: target)
}

private func labelledImages(_ images: String, _ labels: String) throws -> (NDArray<UInt8>, NDArray<Int32>) {
  let pixels = try NDArray<UInt8>(idxFile: images)
  guard pixels.rank == 3, pixels.rowShape == [28, 28] else {
    throw DatasetContentsError.wrongShape(path: images, array: "images", expected: [28, 28], found: pixels.shape)
  }
  let bytes = try NDArray<UInt8>(idxFile: labels)
  guard bytes.rank == 1 else {
    throw DatasetContentsError.wrongShape(path: labels, array: "labels", expected: [], found: bytes.shape)
  }
  guard bytes.sampleCount == pixels.sampleCount else {
    throw DatasetContentsError.wrongCount(
      path: labels, array: "labels", expected: pixels.sampleCount, found: bytes.sampleCount)
  }
  let classes = bytes.map(Int32.init)
  try classes.requireLabels(of: 10, path: labels, array: "labels")
  return (pixels.reshaped([pixels.sampleCount, 1, 28, 28]), classes)
}
