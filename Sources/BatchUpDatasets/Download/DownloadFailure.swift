/// Why an address has not delivered a file.
public struct DownloadFailure: Error, Hashable, Sendable {
  /// The address that was tried.
  public let address: String
  /// Why it did not deliver the file.
  public let reason: Reason

  /// Creates a failure, for tests of what is done about one.
  public init(address: String, reason: Reason) {
    self.address = address
    self.reason = reason
  }

  /// Why an address has not delivered a file.
  public enum Reason: Error, Hashable, Sendable {
    /// It is none with `https:`, `http:` or `file:`.
    case invalidAddress
    /// The server has answered with this HTTP status.
    case status(Int)
    /// There was no connection, or it broke off.
    case connection(String)
    /// Nothing, or next to nothing, came for that long.
    case stalled(Duration)
    /// There was no connection after that time.
    case noConnection(Duration)
    /// The server did not answer the start of TLS in that time, as where the port is one of `http:`.
    case noHandshake(Duration)
    /// The connection ended after `found` bytes.
    case truncated(expected: Int, found: Int)
    /// The file has another size than the one wanted.
    case wrongByteCount(expected: Int, found: Int)
    /// The file has another SHA-256 than the one wanted.
    case wrongDigest(expected: String, found: String)
    /// The server has sent other bytes than it was asked for.
    case wrongRange(String)
    /// The server has continued a download with bytes of another version of the file.
    case otherVersion
    /// The server sends on to an address that is not taken, or to too many.
    case redirect(String)
    /// A `file:` address names nothing that can be read.
    case unreadable(String)
  }
}

extension DownloadFailure.Reason {
  /// Whether the same address may do better soon.
  var isTemporary: Bool {
    switch self {
    case .connection, .stalled, .noConnection, .truncated, .wrongRange, .otherVersion: true
    case .status(let status): status == 408 || status == 429 || status >= 500
    case .invalidAddress, .noHandshake, .wrongByteCount, .wrongDigest, .redirect, .unreadable: false
    }
  }

  /// Whether bytes that an earlier try has left may be the cause.
  var mayComeOfResuming: Bool {
    switch self {
    case .wrongByteCount, .wrongDigest, .wrongRange, .otherVersion, .status(416): true
    default: false
    }
  }
}

extension DownloadFailure: CustomStringConvertible {
  public var description: String { "\(address): \(reason)" }
}

extension DownloadFailure.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidAddress: "is not an https:, http: or file: address"
    case .status(let status): "the server answers with status \(status)"
    case .connection(let text): text
    case .stalled(let time): "nothing, or next to nothing, came for \(time)"
    case .noConnection(let time): "there was no connection after \(time)"
    case .noHandshake(let time):
      "the server did not answer the TLS handshake for \(time); an https: address needs a port that speaks TLS"
    case .truncated(let expected, let found): "the connection ended after \(found) of \(expected) bytes"
    case .wrongByteCount(let expected, let found): "the file has \(found) bytes, not \(expected)"
    case .wrongDigest(let expected, let found): "the file has the SHA-256 \(found), not \(expected)"
    case .wrongRange(let range): "the server sends other bytes than asked for: \(range)"
    case .otherVersion: "the file has changed at the server since the first part of it was downloaded"
    case .redirect(let text): text
    case .unreadable(let reason): "cannot be read: \(reason)"
    }
  }
}
