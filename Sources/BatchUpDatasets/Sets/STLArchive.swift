import BatchUp
import BatchUpFiles

/// The members of STL-10's archive, but for the images without a class: they do not fit into memory everywhere, so that
/// the archive is read again for them when the file is written.
struct STLArchive {
  private let path: String
  private let images: [String: NDArray<UInt8>]
  private let labels: [String: NDArray<Int32>]
  private let unlabelledCount: Int
  private let classNames: [String]
  private let folds: [[Int32]]

  private static let imageByteCount = 3 * 96 * 96
  private static let unlabelled = member("unlabeled_X.bin", imageByteCount, limit: 4 << 30)
  private static let names = member("class_names.txt", limit: 64 << 10)
  private static let foldLines = member("fold_indices.txt", limit: 4 << 20)
  private static let parts = ["train", "test"].map { part in
    (part, member("\(part)_X.bin", imageByteCount, limit: 1 << 30), member("\(part)_y.bin", limit: 1 << 20))
  }
  private static let members = parts.flatMap { [$0.1, $0.2] } + [unlabelled, names, foldLines]

  private static func member(_ name: String, _ recordByteCount: Int = 1, limit: Int) -> ArchiveMember {
    ArchiveMember(name: "stl10_binary/\(name)", recordByteCount: recordByteCount, byteLimit: limit)
  }

  init(path: String) throws {
    var contents: [ArchiveMember: NDArray<UInt8>] = [:]
    var unlabelledCount = 0
    try TarArchive.read(path, Self.members) { member, byteCount, archive in
      if member == Self.unlabelled {
        unlabelledCount = byteCount / Self.imageByteCount
      } else {
        contents[member] = try archive.bytes(shape: [byteCount])
      }
    }
    func text(_ member: ArchiveMember) throws -> TextLines {
      try TextLines(contents[member] ?? NDArray([]), of: member.name, path: path)
    }
    let names = try text(Self.names).names()
    var (images, labels): ([String: NDArray<UInt8>], [String: NDArray<Int32>]) = ([:], [:])
    for (part, pixels, classes) in Self.parts {
      guard let pixels = contents[pixels], let bytes = contents[classes] else { continue }
      let count = pixels.count / Self.imageByteCount
      guard bytes.count == count else {
        throw DatasetContentsError.wrongCount(path: path, array: classes.name, expected: count, found: bytes.count)
      }
      images[part] = pixels.reshaped([count] + CacheLayout.stl10.imageShape)
      // In the archive, classes are counted from 1.
      let numbers = bytes.map { Int32($0) - 1 }
      try numbers.requireLabels(of: names.count, path: path, array: classes.name)
      labels[part] = numbers
    }
    folds = try text(Self.foldLines).numbers()
    try requireFolds(folds, ofCount: images["train"]?.sampleCount ?? 0, path: path)
    (self.path, self.images, self.labels) = (path, images, labels)
    (self.unlabelledCount, classNames) = (unlabelledCount, names)
  }

  func write(to target: String) throws {
    let layout = CacheLayout.stl10
    var writer = CacheDigest.writer()
    for (part, labels) in labels { writer.add(labels, named: layout.node("\(part)_y")) }
    writer.add(classNames, named: layout.node("class_names"))
    writer.add(folds, named: layout.node("fold_indices"))
    let counts = images.mapValues(\.sampleCount).merging(["unl": unlabelledCount]) { first, _ in first }
    for (part, count) in counts {
      writer.reserve(shape: [count] + layout.imageShape, of: UInt8.self, named: layout.node("\(part)_X_u8"))
    }
    try writer.write(to: target) { output in
      for (part, images) in images {
        try output.append(images.withTransposedPlanes(), to: layout.node("\(part)_X_u8"))
      }
      try appendUnlabelled(to: &output, layout.node("unl_X_u8"))
    }
  }

  private func appendUnlabelled(to output: inout HDF5RowOutput, _ node: String) throws {
    // What comes before is there a second time, so that the sum of all that is looked at has the limit of all members.
    let limit = TarArchive.byteLimit(with: Self.members)
    try TarArchive.read(path, [Self.unlabelled], isToEnd: false, byteLimit: limit) { _, byteCount, archive in
      let blockCount = 256
      let count = byteCount / Self.imageByteCount
      for start in stride(from: 0, to: count, by: blockCount) {
        // In the archive, pixels of a column are neighbours.
        let rows = try archive.bytes(shape: [min(blockCount, count - start), 3, 96, 96])
        try output.append(rows.withTransposedPlanes(), to: node)
      }
    }
  }
}
