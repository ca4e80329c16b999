@testable import BatchUpCLI

/// The bytes of IDX files to write.
enum IDXFixtures {
  static let uint8: UInt8 = 0x08
  static let int32: UInt8 = 0x0C

  static func file(type: UInt8 = uint8, shape: [Int], _ data: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { bigEndian(Int32($0)) } + data
  }

  static func images(count: Int, side: Int = 4) -> [UInt8] {
    let pixels = (0..<count * side * side).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 3) }
    return file(shape: [count, side, side], pixels)
  }

  static func labels(_ labels: [UInt8]) -> [UInt8] {
    file(shape: [labels.count], labels)
  }

  static func labels(_ labels: [Int32]) -> [UInt8] {
    file(type: int32, shape: [labels.count], labels.flatMap(bigEndian))
  }

  private static func bigEndian(_ number: Int32) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian, Array.init)
  }
}

/// Files with 60 synthetic digits.
struct DigitFiles {
  let folder: TemporaryFolder
  let images: String
  let labels: String
  static let count = 60

  init() throws {
    let digits = SyntheticDigits(seed: 8)
    folder = try TemporaryFolder()
    images = try folder.write(
      IDXFixtures.file(shape: [Self.count, 28, 28], digits.images(count: Self.count).scalars), to: "images.idx")
    labels = try folder.write(
      IDXFixtures.labels(digits.labels(count: Self.count).scalars.map(UInt8.init)), to: "labels.idx")
  }
}
