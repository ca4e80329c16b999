import BatchUp
import BatchUpFiles

/// What the HDF5 file of a data set must have, with the names that Python's BatchUp gives it.
struct CacheLayout: Sendable {
  /// The group of all nodes.
  let group: String
  /// The shape of one image.
  let imageShape: [Int]
  var elementType = NPYElementType.uint8
  let parts: [Part]
  /// Nodes with rows of indices of the first part.
  var folds: String?

  /// Images and what belongs to each of them.
  struct Part: Sendable {
    let images: String
    let labels: [Labels]
  }

  struct Labels: Sendable {
    let node: String
    let classes: Classes
  }

  enum Classes: Sendable {
    case count(Int)
    /// As many as there are names in that node.
    case named(String)
  }
}

extension CacheLayout {
  /// The usual nodes: a training and a test set, each with the same kinds of labels.
  static func trainAndTest(
    _ group: String, imageShape: [Int], images: String = "X_u8", elementType: NPYElementType = .uint8,
    labels: [(suffix: String, classes: Classes)] = [("y", .count(10))]
  ) -> CacheLayout {
    CacheLayout(
      group: group, imageShape: imageShape, elementType: elementType,
      parts: ["train", "test"].map { part in
        Part(
          images: "\(part)_\(images)",
          labels: labels.map { Labels(node: "\(part)_\($0.suffix)", classes: $0.classes) })
      })
  }

  /// Throws where the file is not whole, or not this data set. Images are only covered by the digest, which files of
  /// Python's BatchUp do not have; labels that need a plugin that is not here are not looked at.
  func check(_ path: String) throws {
    // First, since libhdf5 may crash on a damaged structure.
    try CacheDigest.check(path)
    let cache = try DatasetCache(path: path, layout: self)
    do { try cache.checkLabels() } catch HDF5Error.missingFilter {}
  }
}
