import BatchUp
import BatchUpFiles

/// The HDF5 file of a data set, whose nodes were found to be as they should, as far as that can be told without reading
/// them.
struct DatasetCache {
  let path: String
  private let layout: CacheLayout
  private let file: HDF5File
  /// How many images each part has.
  private let counts: [Int]

  init(path: String, layout: CacheLayout) throws {
    let file = try HDF5File(path: path)
    self.path = path
    self.layout = layout
    self.file = file
    counts = try layout.parts.map { part in
      let count = try file.sampleCount(
        of: layout.node(part.images), elementType: layout.elementType, rowShape: layout.imageShape)
      for labels in part.labels {
        let node = layout.node(labels.node)
        let found = try file.sampleCount(of: node, elementType: .int32, rowShape: [])
        guard found == count else {
          throw DatasetContentsError.wrongCount(path: path, array: node, expected: count, found: found)
        }
      }
      return count
    }
  }

  /// The images of a part: mapped where they lie together in the file, else read.
  func images<Scalar: NPYScalar>(_ part: Int, of: Scalar.Type = Scalar.self) throws -> NDArray<Scalar> {
    let node = layout.node(layout.parts[part].images)
    guard case .contiguous = try file.dataset(named: node).storage else { return try file.array(named: node) }
    let mapped = try file.mapped(named: node, of: Scalar.self)
    do throws(MappedArrayError) {
      return try mapped.array
    } catch {
      // In another byte order, or not aligned.
      return try file.array(named: node)
    }
  }

  /// The labels of a part, all of which are those of classes.
  func labels(_ part: Int, _ kind: Int = 0) throws -> NDArray<Int32> {
    let labels = layout.parts[part].labels[kind]
    let node = layout.node(labels.node)
    let array = try file.array(named: node, of: Int32.self)
    let classCount =
      switch labels.classes {
      case .count(let count): count
      case .named(let names): try self.names(names).count
      }
    try array.requireLabels(of: classCount, path: path, array: node)
    return array
  }

  func names(_ node: String) throws -> [String] { try file.strings(named: layout.node(node)) }

  /// Rows of indices of images of the first part.
  func folds() throws -> [[Int32]] {
    guard let node = layout.folds else { return [] }
    let folds = try file.integerRows(named: layout.node(node))
    try requireFolds(folds, ofCount: counts[0], path: path)
    return folds
  }

  func checkLabels() throws {
    for part in layout.parts.indices {
      for kind in layout.parts[part].labels.indices { _ = try labels(part, kind) }
    }
    _ = try folds()
  }
}

extension CacheLayout {
  func node(_ name: String) -> String { "/\(group)/\(name)" }
}

extension HDF5File {
  /// The length of the first axis of an array that can be read, as far as that can be told without reading it.
  fileprivate func sampleCount(of node: String, elementType: NPYElementType, rowShape: [Int]) throws -> Int {
    let dataset = try checkedDataset(named: node, elementType: elementType)
    guard let count = dataset.shape.first, Array(dataset.shape.dropFirst()) == rowShape else {
      throw DatasetContentsError.wrongShape(path: path, array: node, expected: rowShape, found: dataset.shape)
    }
    return count
  }
}

extension NDArray<Int32> {
  /// Makes sure that all of them are in `0..<classCount`.
  func requireLabels(of classCount: Int, path: String, array: String) throws(DatasetContentsError) {
    let position = withUnsafeBufferPointer { labels in labels.firstIndex { $0 < 0 || $0 >= classCount } }
    guard let position else { return }
    throw .labelOutOfRange(
      path: path, array: array, position: position, label: Int(self[position]), classCount: classCount)
  }
}

func requireFolds(_ folds: [[Int32]], ofCount count: Int, path: String) throws(DatasetContentsError) {
  for (number, fold) in folds.enumerated() {
    if let index = fold.first(where: { $0 < 0 || $0 >= count }) {
      throw .foldIndexOutOfRange(path: path, fold: number, index: Int(index), count: count)
    }
  }
}
