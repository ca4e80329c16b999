import CBatchUpImages

/// Decodes files to pictures of one format, one after the other; keeps the memory of one for the next.
struct ImageDecoder: ~Copyable {
  private let format: ImageFormat
  private let decoder: OpaquePointer?
  private var reader = ImageFileReader()
  private let request: cbi_request

  init(_ format: ImageFormat) {
    self.format = format
    decoder = cbi_decoder_create()
    request = cbi_request(
      width: UInt32(format.width), height: UInt32(format.height), channels: UInt32(format.channels.count),
      channels_first: format.layout == .channelsFirst, fitting: format.fitting.code,
      tolerates_damage: format.damage == .tolerated, pixel_limit: UInt64(format.pixelLimit))
  }

  deinit { cbi_decoder_destroy(decoder) }

  /// Fills `picture`, whose size is that of the format.
  mutating func decode(file path: String, into picture: UnsafeMutableBufferPointer<UInt8>) throws(ImageError) {
    guard let decoder else { throw .notEnoughMemory(path: path) }
    var report = cbi_report()
    var byteCount = 0
    let status = try reader.withBytes(ofFile: path, byteLimit: byteLimit) { [request] bytes throws(ImageError) in
      byteCount = bytes.count
      var request = request
      return cbi_decode(
        decoder, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count, &request, &report,
        picture.baseAddress)
    }
    if status != CBI_OK { throw error(status, path: path, byteCount: byteCount, report) }
  }

  /// Twice what the largest image of 16-bit colours and alpha has uncompressed, and room for a small one's profiles.
  private var byteLimit: Int {
    let (bytes, overflows) = format.pixelLimit.multipliedReportingOverflow(by: 16)
    return overflows ? Int.max : max(bytes, 1 << 26)
  }

  private func error(_ status: cbi_status, path: String, byteCount: Int, _ report: cbi_report) -> ImageError {
    let reason = withUnsafeBytes(of: report.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return switch status {
    case CBI_NOT_AN_IMAGE: .notAnImage(path: path, firstBytes: [])
    case CBI_TRUNCATED: .truncated(path: path, byteCount: byteCount)
    case CBI_UNSUPPORTED: .unsupported(path: path, reason: reason)
    case CBI_TOO_LARGE:
      .tooManyPixels(path: path, width: Int(report.width), height: Int(report.height), limit: format.pixelLimit)
    case CBI_NO_MEMORY: .notEnoughMemory(path: path)
    default: .damaged(path: path, reason: reason)
    }
  }
}

extension ImageFormat.Fitting {
  fileprivate var code: cbi_fitting {
    switch self {
    case .stretch: CBI_STRETCH
    case .cropCentre: CBI_CROP_CENTRE
    case .letterbox: CBI_LETTERBOX
    }
  }
}
