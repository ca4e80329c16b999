import BatchUp
import BatchUpFiles
import BatchUpImages
import BatchUpSystem
import CBatchUpImages

/// One JPEG or PNG file.
struct ImageFileFormat: FileFormat {
  var name: String { "JPEG or PNG" }

  func recognizes(_ front: [UInt8]) -> Bool {
    front.starts(with: [0xFF, 0xD8, 0xFF]) || front.starts(with: [0x89, 0x50, 0x4E, 0x47])
  }

  /// Decodes the whole file, to its mean colour.
  func members(ofFile path: String) throws -> [FileMember] {
    let pixel = try ImageFolder(paths: [path], width: 1, height: 1).batch(at: BatchIndices([0]))
    let bytes = try Self.bytes(ofFile: path)
    return [
      FileMember(
        elementType: "UInt8", shape: Self.size(of: bytes), storage: .image, byteCount: bytes.count,
        notes: ["rows and columns, as stored; mean red, green and blue \(pixel.scalars)"], checks: ["decoded"])
    ]
  }

  /// The bytes of a file that has been decoded, and so fits into memory.
  private static func bytes(ofFile path: String) throws(ImageError) -> [UInt8] {
    let (file, byteCount) = try ImageError.openedWithSize(path)
    return try ImageError.bytes(byteCount, of: file, at: 0)
  }

  /// The numbers of rows and columns, before the orientation is applied.
  private static func size(of bytes: [UInt8]) -> [Int]? {
    guard let decoder = cbi_decoder_create() else { return nil }
    defer { cbi_decoder_destroy(decoder) }
    var request = cbi_request(
      width: 1, height: 1, channels: 1, channels_first: true, fitting: CBI_STRETCH, tolerates_damage: false,
      pixel_limit: UInt64(ImageFormat.standardPixelLimit))
    var report = cbi_report()
    var pixel: UInt8 = 0
    let status = bytes.withUnsafeBufferPointer {
      cbi_decode(decoder, $0.baseAddress, $0.count, &request, &report, &pixel)
    }
    return status == CBI_OK ? [Int(report.height), Int(report.width)] : nil
  }
}
