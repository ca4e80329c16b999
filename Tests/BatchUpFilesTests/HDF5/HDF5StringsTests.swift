import BatchUp
import BatchUpFiles
import FileTestSupport
import Testing

/// Texts of a fixed size and rows of varying length; scripts/check-datasets.sh compares with PyTables.
@Suite struct HDF5StringsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }

  @Test(arguments: [[], [""], ["a"], ["", "abc", "de"], ["größer", "\u{1F600}"], Array(repeating: "x", count: 300)])
  func strings(texts: [String]) throws {
    var writer = HDF5Writer()
    writer.add(texts, named: "/g/names")
    try writer.write(to: path)
    #expect(try HDF5File(path: path).strings(named: "g/names") == texts)
  }

  @Test(
    arguments: [[], [[]], [[1]], [[], [1, -2, .max, .min], []], [Array(0..<5000), [7], Array(0..<3)]] as [[[Int32]]])
  func rows(rows: [[Int32]]) throws {
    var writer = HDF5Writer()
    writer.add(rows, named: "rows")
    try writer.write(to: path)
    #expect(try HDF5File(path: path).integerRows(named: "/rows") == rows)
  }

  /// So many that there are several collections of them.
  @Test func manyRows() throws {
    let rows = (0..<1000).map { count in (0..<Int32(count % 17)).map { $0 + Int32(count) } }
    var writer = HDF5Writer()
    writer.add(rows, named: "rows")
    try writer.write(to: path)
    #expect(try HDF5File(path: path).integerRows(named: "rows") == rows)
  }

  @Test func whatIsOfAnotherType() throws {
    var writer = HDF5Writer()
    writer.add(["ab", "c"], named: "names")
    writer.add([[1]], named: "rows")
    writer.add(NDArray<Int32>([1]), named: "numbers")
    try writer.write(to: path)
    let file = try HDF5File(path: path)
    for (name, found) in [("numbers", "Int32"), ("rows", "sequences of varying length")] {
      let error = HDF5Error.wrongElements(
        path: path, dataset: "/\(name)", expected: "a list of texts of a fixed size",
        found: "\(found) in an array of 1 axes")
      #expect(throws: error) { try file.strings(named: name) }
    }
    for (name, found) in [("numbers", "Int32"), ("names", "strings of 2 bytes")] {
      let error = HDF5Error.wrongElements(
        path: path, dataset: "/\(name)", expected: "a list of rows of Int32", found: "\(found) in an array of 1 axes")
      #expect(throws: error) { try file.integerRows(named: name) }
    }
    #expect(throws: HDF5Error.noDataset(path: path, dataset: "other")) { try file.integerRows(named: "other") }
    #expect(throws: HDF5Error.noDataset(path: path, dataset: "other")) { try file.strings(named: "other") }
  }

  /// A small file would be as many rows of memory as anybody likes.
  @Test func rowsInTheSamePlace() throws {
    let long = (0..<100).map { Int32($0) }
    var writer = HDF5Writer()
    writer.add([long] + (1..<400).map { [Int32($0)] }, named: "rows")
    try writer.write(to: path)
    var bytes = try directory.read("file")
    let heaps = bytes.indices.filter { bytes[$0...].starts(with: Array("GCOL".utf8)) }
    let references = try #require(
      heaps.lazy.map { [100, 0, 0, 0] + littleEndianBytes(UInt64($0)) }
        .compactMap { reference in bytes.indices.first { bytes[$0...].starts(with: reference) } }.first)
    #expect(try HDF5File(path: path).integerRows(named: "rows").count == 400)
    let first = Array(bytes[references..<references + 16])
    for row in 1..<400 { bytes.replaceSubrange(references + 16 * row..<references + 16 * (row + 1), with: first) }
    let file = try HDF5File(path: directory.write(bytes))
    let error = #expect(throws: HDF5Error.self) { try file.integerRows(named: "rows") }
    guard case .invalidDataset(_, "/rows", "several rows are in the same place") = error else {
      Issue.record("\(error as Any)")
      return
    }
  }

  /// Each byte of the references to rows and of the rows themselves; what else there is, libhdf5 reads.
  @Test func changedBytes() throws {
    let rows: [[Int32]] = [[1, 2, 3], [], [4]]
    var writer = HDF5Writer()
    writer.add(rows, named: "rows")
    try writer.write(to: path)
    let seed = try directory.read("file")
    let heap = try #require(seed.indices.first { seed[$0...].starts(with: Array("GCOL".utf8)) })
    let address = littleEndianBytes(UInt64(heap))
    let references = try #require(seed.indices.dropLast(8).first { Array(seed[$0..<$0 + 8]) == address }) - 4
    #expect(seed[references..<references + 4] == [3, 0, 0, 0])
    for place in Array(references..<references + 48) + Array(heap..<heap + 80) {
      for change in [1, 2, 4, 8, 0x80, 0xFF] as [UInt8] {
        var bytes = seed
        bytes[place] ^= change
        let file = try HDF5File(path: directory.write(bytes))
        do throws(HDF5Error) {
          // Whatever they are then, they are as many, and no longer than before.
          let found = try file.integerRows(named: "rows")
          #expect(found.count == 3 && found.allSatisfy { $0.count <= 3 })
        } catch {
          guard case .invalidDataset = error else {
            Issue.record("\(place) \(change): \(error)")
            return
          }
        }
      }
    }
  }
}
