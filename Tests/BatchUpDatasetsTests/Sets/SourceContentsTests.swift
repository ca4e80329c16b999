import BatchUp
import BatchUpFiles
import FileTestSupport
import Testing

@testable import BatchUpDatasets

/// Sources that are whole, but hold another data set than they should.
@Suite struct SourceContentsTests {
  let directory: TemporaryDirectory
  private typealias Small = SmallDataset

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("cache.h5") }
  private func source(_ number: Int = 0) -> String { directory.path("source-\(number)") }

  private func expect(_ expected: DatasetContentsError, _ dataset: Dataset, _ sources: [[UInt8]]) throws {
    #expect(throws: expected) { try Small(dataset: dataset, sources: sources).convert(in: directory, to: path) }
    #expect(!(try directory.contents().contains("cache.h5")))
  }

  private func expect(
    _ expected: DatasetContentsError, _ dataset: Dataset, _ members: [TarMember], changing name: String,
    to content: [UInt8]
  ) throws {
    var members = members
    let number = try #require(members.firstIndex { $0.name == name })
    members[number].content = content
    try expect(expected, dataset, [tarGzip(members)])
  }

  @Test func idx() throws {
    let files = Small.idxFiles
    func with(_ number: Int, _ shape: [Int], _ bytes: [UInt8]) -> [[UInt8]] {
      var files = files
      files[number] = gzipped(Small.idx(shape, bytes))
      return files
    }
    try expect(
      .wrongShape(path: source(2), array: "images", expected: [28, 28], found: [3, 28, 27]), .mnist,
      with(2, [3, 28, 27], [UInt8](repeating: 0, count: 3 * 28 * 27)))
    try expect(
      .wrongShape(path: source(0), array: "images", expected: [28, 28], found: [784]), .fashionMNIST,
      with(0, [784], [UInt8](repeating: 0, count: 784)))
    try expect(
      .wrongShape(path: source(1), array: "labels", expected: [], found: [10, 1]), .mnist,
      with(1, [10, 1], [UInt8](repeating: 0, count: 10)))
    try expect(
      .wrongCount(path: source(1), array: "labels", expected: 10, found: 9), .mnist,
      with(1, [9], [UInt8](repeating: 0, count: 9)))
    try expect(
      .labelOutOfRange(path: source(3), array: "labels", position: 2, label: 10, classCount: 10), .mnist,
      with(3, [3], [9, 0, 10]))
    var swapped = files
    swapped.swapAt(0, 1)
    #expect(throws: DatasetContentsError.self) {
      try Small(dataset: .mnist, sources: swapped).convert(in: directory, to: path)
    }
  }

  @Test func cifar() throws {
    let batch = "cifar-10-batches-bin/data_batch_4.bin"
    let image = [UInt8](repeating: 0, count: 3072)
    try expect(
      .labelOutOfRange(path: source(), array: batch, position: 1, label: 10, classCount: 10), .cifar10,
      Small.cifar10Members, changing: batch, to: [9] + image + [10] + image)
    let test = "cifar-100-binary/test.bin"
    for labels in [[20, 0], [0, 100]] as [[UInt8]] {
      try expect(
        .labelOutOfRange(
          path: source(), array: test, position: 0, label: Int(labels[0] + labels[1]),
          classCount: Int(labels[0] + labels[1])),
        .cifar100, Small.cifar100Members, changing: test, to: labels + image)
    }
    let names = "cifar-100-binary/fine_label_names.txt"
    try expect(
      .invalidLine(path: source(), text: names, line: 2), .cifar100, Small.cifar100Members, changing: names,
      to: Array("apple\n".utf8) + [0xFF, 0xFE])
    try expect(
      .invalidLine(path: source(), text: names, line: 3), .cifar100, Small.cifar100Members, changing: names,
      to: Array("apple\n\nbe\0ar".utf8))
  }

  @Test func stl() throws {
    let members = Small.stl10Members
    let labels = "stl10_binary/train_y.bin"
    try expect(
      .wrongCount(path: source(), array: labels, expected: 10, found: 9), .stl10, members, changing: labels,
      to: [UInt8](repeating: 1, count: 9))
    for label in [0, 11] as [UInt8] {
      try expect(
        .labelOutOfRange(path: source(), array: labels, position: 3, label: Int(label) - 1, classCount: 10), .stl10,
        members, changing: labels, to: [1, 2, 10, label, 1, 1, 1, 1, 1, 1])
    }
    let folds = "stl10_binary/fold_indices.txt"
    for index in [-1, 10] {
      try expect(
        .foldIndexOutOfRange(path: source(), fold: 1, index: index, count: 10), .stl10, members, changing: folds,
        to: Array("1 2\n0 \(index)\n".utf8))
    }
    for text in ["1 2\n0 x\n", "1 2\n0 99999999999\n", "0\n1,2\n"] {
      try expect(
        .invalidLine(path: source(), text: folds, line: 2), .stl10, members, changing: folds, to: Array(text.utf8))
    }
  }

  @Test func mat() throws {
    func file(_ variables: [UInt8]...) -> [[UInt8]] { [MATContents.header + variables.flatMap { $0 }] }
    func images(_ shape: [Int32]) -> [UInt8] {
      let count = shape.reduce(1) { $0 * Int($1) }
      return MATContents.variable("X", flags: 9, shape: shape, type: 2, [UInt8](repeating: 0, count: count))
    }
    func labels(_ shape: [Int32], _ values: [UInt8], flags: UInt32 = 9) -> [UInt8] {
      MATContents.variable("y", flags: flags, shape: shape, type: 2, values)
    }
    for shape in [[32, 31, 3, 2], [32, 32], [32, 32, 3, 2, 1]] as [[Int32]] {
      try expect(
        .wrongShape(path: source(), array: "X", expected: [3, 32, 32], found: shape.reversed().map(Int.init)),
        .svhnExtra, file(images(shape), labels([2, 1], [1, 2])))
    }
    try expect(
      .wrongCount(path: source(), array: "y", expected: 2, found: 3), .svhnExtra,
      file(images([32, 32, 3, 2]), labels([3, 1], [1, 2, 3])))
    try expect(
      .wrongShape(path: source(), array: "y", expected: [1], found: [2, 2]), .svhnExtra,
      file(images([32, 32, 3, 4]), labels([2, 2], [1, 2, 3, 4])))
    try expect(
      .labelOutOfRange(path: source(), array: "y", position: 1, label: 11, classCount: 10), .svhnExtra,
      file(images([32, 32, 3, 2]), labels([2, 1], [10, 11])))
    try expect(
      .labelsAreNoNumbers(path: source(), array: "y", found: "logical"), .svhnExtra,
      file(images([32, 32, 3, 2]), labels([2, 1], [1, 0], flags: 0x209)))
    let doubles = MATContents.variable(
      "y", flags: 6, shape: [1, 1], type: 9, littleEndianBytes((1.5).bitPattern))
    try expect(
      .labelOutOfRange(path: source(), array: "y", position: 0, label: -1, classCount: 10), .svhnExtra,
      file(images([32, 32, 3]), doubles))
    for (missing, variable) in [("y", images([32, 32, 3, 2])), ("X", labels([1, 1], [1]))] {
      #expect(throws: MATError.noVariable(path: source(), variable: missing)) {
        try Small(dataset: .svhnExtra, sources: file(variable)).convert(in: directory, to: path)
      }
    }
  }
}
