import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

@Suite struct IDXFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// All shapes of rank 1...4 with axes of length 0...2, and some of other ranks.
  static let shapes: [[Int]] = {
    var shapes: [[Int]] = [[]]
    var all: [[Int]] = []
    for _ in 1...4 {
      shapes = shapes.flatMap { shape in (0...2).map { shape + [$0] } }
      all += shapes
    }
    return all + [[1000], [17, 31], Array(repeating: 1, count: 255), Array(repeating: 0, count: 255)]
  }()

  @Test(arguments: IDXElementType.allCases) func readsEveryTypeAndShape(_ elementType: IDXElementType) throws {
    for shape in Self.shapes {
      let bytes = idxBytes(elementType, shape)
      let expected = IDXOutcome.contents(
        elementType, shape: shape, data: Array(bytes[idxHeader(elementType, shape).count...]))
      for encoded in [bytes, gzippedWithOptionalFields(bytes)] + gzippedInEveryWay(bytes) {
        #expect(IDXOutcome(ofFile: try directory.write(encoded, name: "\(elementType)")) == expected)
      }
    }
  }

  private func elements<Scalar: IDXScalar>(_: Scalar.Type, _ data: [UInt8]) throws -> [Scalar] {
    let count = data.count / MemoryLayout<Scalar>.size
    let path = try directory.write(idxHeader(Scalar.idxElementType, [count]) + data, name: "\(Scalar.self)")
    return try NDArray<Scalar>(idxFile: path).scalars
  }

  @Test func integersKeepSignAndOrder() throws {
    #expect(try elements(UInt8.self, [0, 127, 128, 255]) == [0, 127, 128, 255])
    #expect(try elements(Int8.self, [0, 127, 128, 255]) == [0, 127, -128, -1])
    #expect(try elements(Int16.self, [0x01, 0x02, 0x7F, 0xFF, 0x80, 0x00, 0xFF, 0xFE]) == [258, .max, .min, -2])
    #expect(
      try elements(Int32.self, [0x01, 0x02, 0x03, 0x04, 0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFE])
        == [0x0102_0304, .min, -2])
  }

  @Test func floatsKeepEveryBit() throws {
    let floats: [UInt32] = [
      0x3FC0_0000, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC1_2345, 0xFFC0_0001, 0x7F80_0001, 1, 0x7F7F_FFFF,
    ]
    let readFloats = try elements(Float.self, floats.flatMap { bigEndianBytes($0) })
    #expect(readFloats.map(\.bitPattern) == floats)
    #expect(readFloats[0] == 1.5 && readFloats[2] == .infinity && readFloats[3] == -.infinity)
    #expect(readFloats[4].isNaN && readFloats[6].isSignalingNaN)
    let doubles: [UInt64] = [
      0xC005_BF0A_8B14_5769, 0x8000_0000_0000_0000, 0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000,
      0x7FF8_1234_5678_9ABC, 0x7FF0_0000_0000_0001, 1, 0x7FEF_FFFF_FFFF_FFFF,
    ]
    let readDoubles = try elements(Double.self, doubles.flatMap { bigEndianBytes($0) })
    #expect(readDoubles.map(\.bitPattern) == doubles)
    #expect(readDoubles[0] == -2.718281828459045)
  }

  @Test func theNameDoesNotMatter() throws {
    let bytes = idxBytes(.uint8, [3, 4])
    let expected = NDArray(Array(bytes[12...]), shape: [3, 4])
    #expect(try NDArray<UInt8>(idxFile: directory.write(bytes, name: "plain.gz")) == expected)
    #expect(try NDArray<UInt8>(idxFile: directory.write(gzipped(bytes), name: "packed ü")) == expected)
  }

  @Test func symbolicLinksAreFollowed() throws {
    let path = try directory.write(idxBytes(.int16, [5]))
    try FileManager.default.createSymbolicLink(atPath: directory.path("link"), withDestinationPath: path)
    #expect(IDXOutcome(ofFile: directory.path("link")) == IDXOutcome(ofFile: path))
  }

  /// More than one window of compressed bytes, and more than one of decompressed bytes a window.
  @Test(arguments: [0, 1, 9] as [Int32]) func readsLargeFiles(level: Int32) throws {
    let count = 400_007
    let random = idxHeader(.uint8, [count]) + SplitMix(seed: 1).prefix(count).map { UInt8(truncatingIfNeeded: $0) }
    let zeros = idxHeader(.float64, [count]) + [UInt8](repeating: 0, count: 8 * count)
    for bytes in [random, zeros] {
      let path = try directory.write(gzipped(bytes, level: level))
      #expect(IDXOutcome(ofFile: path) == IDXOutcome(definedBy: bytes, path: path))
    }
  }

  @Test func arraysShareTheFilesMemory() throws {
    let file = try IDXFile(path: directory.write(idxBytes(.int32, [2, 3])))
    let (first, second) = (try file.array(of: Int32.self), try file.array(of: Int32.self))
    let address = first.withUnsafeBufferPointer { $0.baseAddress }
    #expect(second.withUnsafeBufferPointer { $0.baseAddress } == address)
    var changed = first
    changed[0, 0] = 7
    #expect(changed != second && first == second)
  }

  @Test func membersAreConcatenated() throws {
    let bytes = idxBytes(.int16, [2, 3])
    let expected = IDXOutcome(definedBy: bytes, path: "")
    for split in 0...bytes.count {
      let (front, back) = (Array(bytes[..<split]), Array(bytes[split...]))
      let both = gzipped(front) + gzipped([]) + gzippedWithOptionalFields(back)
      #expect(IDXOutcome(ofFile: try directory.write(both)) == expected)
    }
    let eachByte = bytes.flatMap { gzipped([$0]) }
    #expect(IDXOutcome(ofFile: try directory.write(eachByte)) == expected)
  }

  /// Members whose boundaries fall at every place of the window in which compressed bytes are read.
  @Test func membersAreConcatenatedAcrossWindows() throws {
    let member = gzipped([], level: 0)
    let bytes = idxBytes(.uint8, [4])
    for extra in 0..<member.count {
      let filler = gzippedWithName(count: (256 << 10) - 3 * member.count + extra)
      let path = try directory.write(filler + member + member + member + member + gzipped(bytes))
      #expect(IDXOutcome(ofFile: path) == IDXOutcome(definedBy: bytes, path: path))
    }
  }

  /// A member without data that has `count` bytes, most of them its name.
  private func gzippedWithName(count: Int) -> [UInt8] {
    let member = gzipped([], level: 0)
    var header = Array(member[..<10])
    header[3] = 0b1000
    return header + [UInt8](repeating: 0x61, count: count - member.count - 1) + [0] + member[10...]
  }
}

/// A small generator for test data, whose numbers never change.
struct SplitMix: RandomNumberGenerator, Sequence, IteratorProtocol {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next() -> UInt64? { .some(next()) }
}
