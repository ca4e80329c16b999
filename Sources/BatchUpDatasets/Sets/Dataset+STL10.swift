import BatchUp
import BatchUpFiles

extension Dataset {
  /// Photographs, most of them without a class.
  public static let stl10 = Dataset(
    name: "stl10", file: "stl10.h5", layout: .stl10,
    sources: [
      SourceFile(
        "stl10_binary.tar.gz", in: ["http://ai.stanford.edu/~acoates/stl10/"],
        sha256: "f31fd99273a1acb8609c8db427cebb1de3f71de77758cdc0e22956e1289b9866")
    ],
    convert: { try STLArchive(path: $0[0]).write(to: $1) })
}

extension CacheLayout {
  static let stl10 = CacheLayout(
    group: "stl", imageShape: [3, 96, 96],
    parts: ["train", "test"].map { part in
      Part(images: "\(part)_X_u8", labels: [Labels(node: "\(part)_y", classes: .named("class_names"))])
    } + [Part(images: "unl_X_u8", labels: [])],
    folds: "fold_indices")
}
