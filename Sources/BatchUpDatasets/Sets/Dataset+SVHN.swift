import BatchUp
import BatchUpFiles

extension Dataset {
  /// House numbers.
  public static let svhn = Dataset(
    name: "svhn", file: "svhn_train_test.h5", layout: .svhn,
    sources: [
      matSource("train", sha256: "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8"),
      matSource("test", sha256: "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b"),
    ],
    convert: { try convertSVHN([("train", $0[0]), ("test", $0[1])], to: $1) })

  /// The further training images of house numbers.
  public static let svhnExtra = Dataset(
    name: "svhn-extra", file: "svhn_extra.h5", layout: .svhnExtra,
    sources: [matSource("extra", sha256: "a133a4beb38a00fcdda90c9489e0c04f900b660ce8a316a5e854838379a71eb3")],
    convert: { try convertSVHN([("extra", $0[0])], to: $1) })

  private static func matSource(_ part: String, sha256: String) -> SourceFile {
    SourceFile("\(part)_32x32.mat", in: ["http://ufldl.stanford.edu/housenumbers/"], sha256: sha256)
  }
}

extension CacheLayout {
  static let svhn = trainAndTest("svhn", imageShape: [3, 32, 32])
  static let svhnExtra = CacheLayout(
    group: "svhn", imageShape: [3, 32, 32],
    parts: [Part(images: "extra_X_u8", labels: [Labels(node: "extra_y", classes: .count(10))])])
}

/// One part after the other, so that only one is in memory.
@Sendable private func convertSVHN(_ parts: [(name: String, path: String)], to target: String) throws {
  let layout = CacheLayout.svhn
  var writer = CacheDigest.writer()
  for part in parts {
    let labels = try HouseNumbers.labels(of: MATFile(path: part.path))
    writer.add(labels, named: layout.node("\(part.name)_y"))
    writer.reserve(
      shape: [labels.sampleCount] + layout.imageShape, of: UInt8.self, named: layout.node("\(part.name)_X_u8"))
  }
  try writer.write(to: target) { output in
    for part in parts {
      try HouseNumbers.images(of: MATFile(path: part.path)) { rows in
        try output.append(rows, to: layout.node("\(part.name)_X_u8"))
      }
    }
  }
}
