import BatchUp
import BatchUpFiles

extension Dataset {
  /// Handwritten digits from envelopes; published as an HDF5 file with the same arrays.
  public static let usps = Dataset(
    name: "usps", file: "usps.h5", layout: .usps,
    sources: [
      SourceFile(
        "usps.h5", in: ["https://github.com/Britefury/usps_dataset/raw/master/"],
        sha256: "ba768d9a9b11e79b31c1e40130647c4fc04e6afc1fb41a0d4b9f1176065482b4")
    ],
    convert: convertUSPS)
}

extension CacheLayout {
  static let usps = trainAndTest("usps", imageShape: [1, 16, 16], images: "X", elementType: .float32)
}

@Sendable private func convertUSPS(_ sources: [String], to target: String) throws {
  let layout = CacheLayout.usps
  let cache = try DatasetCache(path: sources[0], layout: layout)
  var writer = CacheDigest.writer()
  for (number, part) in layout.parts.enumerated() {
    writer.add(try cache.images(number, of: Float.self), named: layout.node(part.images))
    for (kind, labels) in part.labels.enumerated() {
      writer.add(try cache.labels(number, kind), named: layout.node(labels.node))
    }
  }
  try writer.write(to: target)
}
