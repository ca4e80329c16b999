import BatchUp
import BatchUpSystem
import Foundation
import TestSupport
import Testing

@Suite struct PathBytesTests {
  private static let e9 = String(pathBytes: [0x63, 0x61, 0x66, 0xE9])

  @Test func textIsItself() {
    for text in ["", "a/b.npy", "é/日本/🙂", "e\u{301}", "\u{10F77F}\u{10F800}\u{10FFFF}"] {
      #expect(String(pathBytes: Array(text.utf8)).unicodeScalars.elementsEqual(text.unicodeScalars))
      #expect(text.pathBytes == Array(text.utf8))
    }
  }

  @Test func whatIsNotUTF8IsOneScalarForEachByte() {
    #expect(Self.e9.unicodeScalars.map(\.value) == [0x63, 0x61, 0x66, 0x10F7E9])
    #expect(String(pathBytes: [0xE2, 0x82]).unicodeScalars.map(\.value) == [0x10F7E2, 0x10F782])
    // Such a scalar in a name.
    #expect(
      String(pathBytes: Array("\u{10F7E9}".utf8)).unicodeScalars.map(\.value) == [
        0x10F7F4, 0x10F78F, 0x10F79F, 0x10F7A9,
      ])
  }

  /// Of bytes that are the parts of scalars, valid and not.
  @Test func thereAndBackAreTheSameBytes() {
    let parts: [[UInt8]] = [
      [0x61], [0x2F], [0x80], [0xBF], [0xC3], [0xE2, 0x82], [0xE2, 0x82, 0xAC], [0xED, 0xA0, 0x80], [0xF0, 0x9F],
      [0xF4],
      [0xF4, 0x8F], [0xF4, 0x8F, 0x9F, 0xA9], [0xF4, 0x8F, 0x9E], [0xFF], [0xC0, 0xAF], [0xCC, 0x81],
    ]
    var generator = SeededGenerator(seed: 3)
    var texts: [String: [UInt8]] = [:]
    for count in 0..<2_000 {
      let bytes = (0..<count % 9).flatMap { _ in parts.randomElement(using: &generator) ?? [] }
      let text = String(pathBytes: bytes)
      #expect(text.pathBytes == bytes)
      #expect(text.withSystemPath { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } == bytes)
      #expect(texts[text] == nil || texts[text] == bytes)
      texts[text] = bytes
    }
  }

  @Test func inJSONTheyAreEscaped() throws {
    let text = "[\"\(Self.e9)\"]".escapingPathBytesForJSON
    #expect(text == "[\"caf\\udbfd\\udfe9\"]")
    #expect(try JSONDecoder().decode([String].self, from: Data(text.utf8)) == [Self.e9])
  }

  #if os(Linux)
    @Test func filesAreWrittenAndReadUnderTheirOwnBytes() throws {
      let folder = try FileFolder()
      let path = folder.path("") + Self.e9 + ".npy"
      func names() throws -> [[UInt8]] {
        var names: [[UInt8]] = []
        try forEachName(in: folder.path("")) {
          names.append(Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))))
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
      }
      let name: [UInt8] = [0x63, 0x61, 0x66, 0xE9] + Array(".npy".utf8)
      let array = NDArray<Int32>.pattern(shape: [4, 3])
      try array.write(npyFile: path)
      #expect(try names() == [name])
      #expect(try NDArray<Int32>(npyFile: path) == array)
      #expect(try MappedArray<Int32>(npyFile: path).batch(at: [3, 1]) == array.batch(at: [3, 1]))

      // A link to it, with a name of the same kind.
      let link = folder.path("") + String(pathBytes: [0xFF])
      try #require(path.withSystemPath { path in link.withSystemPath { symlink(path, $0) } } == 0)
      try NDArray<Int32>([7]).write(npyFile: link)
      #expect(try NDArray<Int32>(npyFile: path).scalars == [7])
      removeFile(link)

      do {
        let output = try NPYOutput<Int32>(path: path, shape: [4, 3], resuming: [1])
        try output.write(array[rows: 0..<2], at: 0)
      }
      #expect(try names() == [name, name + Array(".partial".utf8)])
      let output = try NPYOutput<Int32>(path: path, shape: [4, 3], resuming: [1])
      #expect(output.completedRowCount == 2)
      try output.write(array[rows: 2..<4], at: 2)
      try output.finish()
      #expect(try names() == [name])
      #expect(try NDArray<Int32>(npyFile: path) == array)
    }
  #endif
}
