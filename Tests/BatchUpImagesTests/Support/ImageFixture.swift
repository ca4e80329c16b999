import CBatchUpImages
import Foundation

/// A folder with image files, gone again with its last holder.
final class ImageFixture: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "BatchUpImagesTests-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

  /// Writes a file, over one of the same name, in folders that are made for it; returns its path.
  @discardableResult func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return path(name)
  }
}

/// PNG's numbers of its colour types.
enum PNGColor: Int, CaseIterable {
  case gray = 0
  case rgb = 2
  case palette = 3
  case grayAlpha = 4
  case rgba = 6

  var channelCount: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][rawValue] ?? 0 }

  var depths: [Int] {
    switch self {
    case .gray: [1, 2, 4, 8, 16]
    case .palette: [1, 2, 4, 8]
    default: [8, 16]
    }
  }
}

/// A PNG file by libpng, of samples (palette indices, gray values, …) in `0..<1 << depth`.
func encodedPNG(
  _ samples: [Int], width: Int, height: Int, _ color: PNGColor = .rgb, depth: Int = 8, interlaced: Bool = false,
  palette: [UInt8] = []
) -> [UInt8] {
  let rowLength = width * color.channelCount
  var rows: [UInt8] = []
  for y in 0..<height {
    var row = [UInt8](repeating: 0, count: (rowLength * depth + 7) / 8)
    for (i, sample) in samples[y * rowLength..<(y + 1) * rowLength].enumerated() {
      if depth == 16 {
        row[2 * i] = UInt8(sample >> 8)
        row[2 * i + 1] = UInt8(sample & 255)
      } else {
        row[i * depth / 8] |= UInt8(sample << (8 - depth - i * depth % 8))
      }
    }
    rows += row
  }
  return taking(
    cbi_encode_png(
      rows, UInt32(width), UInt32(height), Int32(depth), Int32(color.rawValue), interlaced, palette,
      Int32(palette.count / 3)))
}

/// A JPEG file by libjpeg.
func encodedJPEG(
  _ pixels: [UInt8], width: Int, height: Int, channels: Int = 3, quality: Int = 90, progressive: Bool = false,
  asYCCK: Bool = false
) -> [UInt8] {
  taking(
    cbi_encode_jpeg(
      pixels, UInt32(width), UInt32(height), Int32(channels), Int32(quality), progressive, asYCCK))
}

private func taking(_ encoded: cbi_encoded) -> [UInt8] {
  defer { free(encoded.bytes) }
  return Array(UnsafeBufferPointer(start: encoded.bytes, count: encoded.count))
}

/// Something like a photograph: smooth, with some noise.
func photograph(width: Int, height: Int, channels: Int = 3, seed: Int = 1) -> [UInt8] {
  (0..<width * height * channels).map { (i: Int) -> UInt8 in
    let (x, y, c) = (i / channels % width, i / channels / width, i % channels)
    let smooth = (x * 5 + y * 3 + c * 40 + seed * 17) % 200
    return UInt8(smooth + (x * y * (seed + 7)) % 13)
  }
}

/// A TIFF structure with an orientation behind another entry.
func exif(orientation: Int, bigEndian: Bool = true) -> [UInt8] {
  func number(_ value: Int, _ count: Int) -> [UInt8] {
    let bytes = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
    return bigEndian ? bytes.reversed() : bytes
  }
  func entry(_ tag: Int, _ value: Int) -> [UInt8] {
    number(tag, 2) + number(3, 2) + number(1, 4) + number(value, 2) + [0, 0]
  }
  let head = Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4)
  return head + number(2, 2) + entry(0x0100, 5) + entry(0x0112, orientation) + number(0, 4)
}

extension [UInt8] {
  /// A JPEG file with Exif data.
  func insertingAPP1(_ tiff: [UInt8]) -> [UInt8] {
    let data = Array("Exif".utf8) + [0, 0] + tiff
    return self[..<2] + [0xFF, 0xE1, UInt8((data.count + 2) >> 8), UInt8((data.count + 2) & 255)] + data + self[2...]
  }

  /// A PNG file with a chunk behind its header.
  func insertingChunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return self[..<33] + (UInt32(data.count).bigEndianBytes + body + crc32(body).bigEndianBytes) + self[33...]
  }
}

extension UInt32 {
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian, Array.init) }
}

func crc32(_ bytes: [UInt8]) -> UInt32 {
  var crc = ~UInt32(0)
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  return ~crc
}
