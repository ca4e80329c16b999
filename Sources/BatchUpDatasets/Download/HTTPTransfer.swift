internal import CBatchUpDownload

/// One request, whose answer goes to a `DownloadBody` as it comes.
final class HTTPTransfer {
  private let address: String
  private let fields: [String]
  private let body: DownloadBody
  private let isCancelled: () -> Bool
  private var response = HTTPResponse()
  /// What has ended the transfer from this side.
  private var failure: (any Error)?

  /// - Parameter fields: lines of the request's header.
  init(_ address: String, fields: [String], to body: DownloadBody, isCancelled: @escaping () -> Bool) {
    self.address = address
    self.fields = fields
    self.body = body
    self.isCancelled = isCancelled
  }

  /// Blocks until all is there.
  ///
  /// - Parameter allowsPlainRedirects: whether an `https:` address may send on to an `http:` one.
  /// - Throws: `DownloadFailure.Reason`, `DatasetError` or `CancellationError`.
  func run(allowsPlainRedirects: Bool, limits: FetchLimits) throws {
    let (status, message) = perform(allowsPlainRedirects: allowsPlainRedirects, limits: limits)
    if let failure { throw failure }
    switch status {
    case CBD_OK:
      // An answer without a body.
      if !body.isAccepted { try body.accept(response) }
      try body.finish()
    case CBD_STALLED: throw DownloadFailure.Reason.stalled(limits.stall)
    case CBD_UNCONNECTED: throw DownloadFailure.Reason.noConnection(limits.connection)
    case CBD_NO_HANDSHAKE: throw DownloadFailure.Reason.noHandshake(limits.connection)
    case CBD_BAD_ADDRESS: throw DownloadFailure.Reason.invalidAddress
    case CBD_REDIRECT: throw DownloadFailure.Reason.redirect(message)
    default: throw body.failure(message)
    }
  }

  private func perform(allowsPlainRedirects: Bool, limits: FetchLimits) -> (cbd_status, String) {
    var request = cbd_request()
    defer { curl_slist_free_all(request.fields) }
    for field in fields {
      guard let longer = curl_slist_append(request.fields, field) else {
        return (CBD_CONNECTION, "libcurl cannot start")
      }
      request.fields = longer
    }
    request.redirect_limit = 10
    request.allows_plain_redirects = allowsPlainRedirects
    request.connection_seconds = limits.connection / .seconds(1)
    request.stall_seconds = limits.stall / .seconds(1)
    request.least_byte_count = limits.leastByteCount
    request.context = Unmanaged.passUnretained(self).toOpaque()
    request.take_header = { HTTPTransfer.of($0).takeHeader(UnsafeRawBufferPointer(start: $1, count: $2)) }
    request.take_body = { HTTPTransfer.of($0).takeBody(UnsafeRawBufferPointer(start: $1, count: $2)) }
    request.goes_on = { HTTPTransfer.of($0).goesOn() }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CBD_MESSAGE_LENGTH)) { message in
      guard let start = message.baseAddress else { return (CBD_CONNECTION, "") }
      let status = address.withCString { address in
        request.address = address
        return cbd_perform(&request, start)
      }
      return (status, oneLine(String(cString: start)))
    }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer {
    Unmanaged<HTTPTransfer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
  }

  private func goesOn() -> Bool {
    if failure == nil, isCancelled() { failure = CancellationError() }
    return failure == nil
  }

  private func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    response.add(String(decoding: line, as: UTF8.self))
    return goesOn()
  }

  private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
      if !body.isAccepted { try body.accept(response) }
      try body.append(bytes)
    } catch {
      failure = error
    }
    return goesOn()
  }
}
