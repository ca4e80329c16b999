import BatchUp
import BatchUpFiles

extension Dataset {
  /// Small photographs in 10 classes; from the binary archive, since the other one holds Python objects.
  public static let cifar10 = Dataset(
    name: "cifar10", file: "cifar10.h5", layout: .cifar10,
    sources: [
      SourceFile(
        "cifar-10-binary.tar.gz", in: ["https://www.cs.toronto.edu/~kriz/"],
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")
    ],
    convert: convertCIFAR10)
}

extension CacheLayout {
  static let cifar10 = trainAndTest("cifar10", imageShape: [3, 32, 32])
}

/// The training set is in five files, in that order.
@Sendable private func convertCIFAR10(_ sources: [String], to target: String) throws {
  let (path, layout) = (sources[0], CacheLayout.cifar10)
  let recordLength = 1 + 3 * 32 * 32
  let names = (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]
  let members = names.map {
    ArchiveMember(name: "cifar-10-batches-bin/\($0)", recordByteCount: recordLength, byteLimit: 64 << 20)
  }
  var files: [ArchiveMember: ImageRecords] = [:]
  try TarArchive.read(path, members) { member, byteCount, archive in
    let records = try archive.bytes(shape: [byteCount / recordLength, recordLength])
    let file = ImageRecords(records, labelCount: 1, imageShape: layout.imageShape)
    try file.labels[0].requireLabels(of: 10, path: path, array: member.name)
    files[member] = file
  }
  let inOrder = members.compactMap { files[$0] }
  var writer = CacheDigest.writer()
  let labels = inOrder.dropLast().flatMap { $0.labels[0].scalars }
  writer.add(NDArray(labels), named: layout.node("train_y"))
  writer.reserve(shape: [labels.count] + layout.imageShape, of: UInt8.self, named: layout.node("train_X_u8"))
  for test in inOrder.suffix(1) {
    writer.add(test.images, named: layout.node("test_X_u8"))
    writer.add(test.labels[0], named: layout.node("test_y"))
  }
  try writer.write(to: target) { output in
    for file in inOrder.dropLast() { try output.append(file.images, to: layout.node("train_X_u8")) }
  }
}
