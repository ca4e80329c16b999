import BatchUp

/// Judges the answer to a request, and puts its bytes where they belong. Gives up a count of progress that is not finished
/// when it goes out of scope.
final class DownloadBody {
  private let source: SourceFile
  private let address: String
  private let partial: PartialDownload
  /// The first byte that was asked for.
  private let offset: Int
  /// What the server was told in `If-Range`.
  private let validator: String?
  private let options: FetchOptions
  private var counter: ProgressCounter?
  private(set) var isAccepted = false
  /// The size of the whole file, where the server tells it.
  private var expectedCount: Int?

  init(
    of source: SourceFile, from address: String, to partial: PartialDownload, offset: Int, validator: String?,
    options: FetchOptions
  ) {
    self.source = source
    self.address = address
    self.partial = partial
    self.offset = offset
    self.validator = validator
    self.options = options
  }

  /// - Throws: `DownloadFailure.Reason` where the bytes would not be those that were asked for, or `DatasetError`.
  func accept(_ response: HTTPResponse) throws {
    switch response.status {
    case 200: expectedCount = response.bodyByteCount
    case 206:
      try acceptRange(response["content-range"] ?? "no Content-Range")
      try requireSameFile(response)
    default: throw DownloadFailure.Reason.status(response.status)
    }
    if let expected = source.byteCount, let found = expectedCount, found != expected {
      throw DownloadFailure.Reason.wrongByteCount(expected: expected, found: found)
    }
    if response.status == 200 {
      try partial.start(
        from: .init(address: address, validator: response.validator, byteCount: expectedCount))
    }
    isAccepted = true
    counter = options.counter(
      of: .download(file: source.name), completedCount: partial.byteCount, totalCount: expectedCount ?? source.byteCount
    )
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    if let limit = source.byteCount, partial.byteCount + bytes.count > limit {
      throw DownloadFailure.Reason.wrongByteCount(expected: limit, found: partial.byteCount + bytes.count)
    }
    try partial.append(bytes)
    counter?.advance(by: bytes.count)
  }

  func finish() throws {
    if let expectedCount, partial.byteCount < expectedCount {
      throw DownloadFailure.Reason.truncated(expected: expectedCount, found: partial.byteCount)
    }
    counter?.finish()
    counter = nil
  }

  /// Why the connection broke off.
  func failure(_ message: String) -> DownloadFailure.Reason {
    if isAccepted, let expectedCount, partial.byteCount < expectedCount {
      return .truncated(expected: expectedCount, found: partial.byteCount)
    }
    return .connection(message)
  }

  /// A server may know ranges, but not `If-Range`, and send the rest of a file that has changed meanwhile. Where it does
  /// not say which file it sends, only a digest shows whether the parts belong together.
  private func requireSameFile(_ response: HTTPResponse) throws {
    guard let validator else { return }
    let isSame = response.has(validator) ?? (source.sha256 != nil)
    if !isSame { throw DownloadFailure.Reason.otherVersion }
  }

  private func acceptRange(_ field: String) throws {
    guard
      offset > 0, let range = ContentRange(field), range.bytes.lowerBound == offset,
      range.byteCount.map({ $0 == range.bytes.upperBound + 1 }) ?? true,
      partial.origin?.byteCount.map({ $0 == range.bytes.upperBound + 1 }) ?? true
    else { throw DownloadFailure.Reason.wrongRange(String(field.prefix(100))) }
    expectedCount = range.bytes.upperBound + 1
  }
}
