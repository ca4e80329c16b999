import BatchUp
import BatchUpFiles

extension Dataset {
  /// Small photographs in 100 classes; from the binary archive, since the other one holds Python objects.
  public static let cifar100 = Dataset(
    name: "cifar100", file: "cifar100.h5", layout: .cifar100,
    sources: [
      SourceFile(
        "cifar-100-binary.tar.gz", in: ["https://www.cs.toronto.edu/~kriz/"],
        sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec")
    ],
    convert: convertCIFAR100)
}

extension CacheLayout {
  static let cifar100 = trainAndTest(
    "cifar100", imageShape: [3, 32, 32],
    labels: [("y", .named("class_names")), ("y_coarse", .named("class_names_coarse"))])
}

/// Records of a coarse label, a fine one and an image.
@Sendable private func convertCIFAR100(_ sources: [String], to target: String) throws {
  let (path, layout) = (sources[0], CacheLayout.cifar100)
  let recordLength = 2 + 3 * 32 * 32
  func member(_ name: String, _ recordByteCount: Int, limit: Int) -> ArchiveMember {
    ArchiveMember(name: "cifar-100-binary/\(name)", recordByteCount: recordByteCount, byteLimit: limit)
  }
  let train = member("train.bin", recordLength, limit: 256 << 20)
  let test = member("test.bin", recordLength, limit: 256 << 20)
  let names = member("fine_label_names.txt", 1, limit: 64 << 10)
  let coarseNames = member("coarse_label_names.txt", 1, limit: 64 << 10)
  var records: [ArchiveMember: ImageRecords] = [:]
  var texts: [ArchiveMember: [String]] = [:]
  try TarArchive.read(path, [train, test, names, coarseNames]) { member, byteCount, archive in
    if member == train || member == test {
      let bytes = try archive.bytes(shape: [byteCount / recordLength, recordLength])
      records[member] = ImageRecords(bytes, labelCount: 2, imageShape: layout.imageShape)
    } else {
      texts[member] = try TextLines(archive.bytes(shape: [byteCount]), of: member.name, path: path).names()
    }
  }
  var writer = CacheDigest.writer()
  for (part, member) in [("train", train), ("test", test)] {
    guard let records = records[member] else { continue }
    for (labels, names) in [(records.labels[0], coarseNames), (records.labels[1], names)] {
      try labels.requireLabels(of: texts[names]?.count ?? 0, path: path, array: member.name)
    }
    writer.add(records.images, named: layout.node("\(part)_X_u8"))
    writer.add(records.labels[1], named: layout.node("\(part)_y"))
    writer.add(records.labels[0], named: layout.node("\(part)_y_coarse"))
  }
  writer.add(texts[names] ?? [], named: layout.node("class_names"))
  writer.add(texts[coarseNames] ?? [], named: layout.node("class_names_coarse"))
  try writer.write(to: target)
}
