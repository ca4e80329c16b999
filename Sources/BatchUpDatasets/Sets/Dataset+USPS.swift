import BatchUp
import BatchUpFiles

extension Dataset {
  /// Handwritten digits from envelopes; published as the HDF5 file that it is kept in.
  public static let usps = Dataset(
    name: "usps", file: "usps.h5", layout: .usps,
    sources: [
      SourceFile(
        "usps.h5", in: ["https://github.com/Britefury/usps_dataset/raw/master/"],
        sha256: "ba768d9a9b11e79b31c1e40130647c4fc04e6afc1fb41a0d4b9f1176065482b4")
    ],
    convert: {
      try CacheLayout.usps.check($0[0])
      try copyFile(at: $0[0], to: $1)
    })
}

extension CacheLayout {
  static let usps = trainAndTest("usps", imageShape: [1, 16, 16], images: "X", elementType: .float32)
}

/// A copy, since the file may be somebody's own.
private func copyFile(at path: String, to target: String) throws {
  let file = try DatasetError.opened(path)
  var copy = try AtomicFile<DatasetError>(path: target)
  try file.forEachBlock(isCancelled: { false }) { block in try copy.write(block) }
  try copy.commit()
}
