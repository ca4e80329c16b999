import Foundation
import TestSupport

struct HTTPRequest: Sendable {
  var path: String
  /// By their names in lower case.
  var fields: [String: String]
  /// How many requests for the path were before this one.
  var number = 0

  /// The first byte of the range that is asked for.
  var rangeStart: Int? {
    fields["range"].flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) }
  }
}

/// The server's end of a connection.
struct HTTPConnection: Sendable {
  let socket: Int32

  init(socket: Int32) {
    self.socket = socket
    // Nothing takes forever, whatever a test does.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    limitSending(seconds: 60)
  }

  /// How long the client may take nothing before sending fails.
  func limitSending(seconds: Int) {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  func readRequest() -> HTTPRequest? {
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard head.count < 1 << 16, recv(socket, &byte, 1, 0) == 1 else { return nil }
      // The start of a TLS handshake, which has no lines.
      if head.isEmpty, byte == 0x16 { return nil }
      head.append(byte)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return nil }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    return HTTPRequest(path: String(words[1]), fields: fields)
  }

  /// - Returns: whether the client has taken all of it.
  @discardableResult
  func send(_ bytes: some Collection<UInt8>) -> Bool {
    #if os(Linux)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    let bytes = Array(bytes)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Foundation.send(socket, $0.baseAddress, $0.count, flags) }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(text.utf8) }

  func respond(_ status: Int, _ fields: [String: String] = [:], body: [UInt8] = []) {
    send(head(status, ["Content-Length": "\(body.count)"].merging(fields) { $1 }))
    send(body)
  }

  func head(_ status: Int, _ fields: [String: String]) -> String {
    let lines = fields.map { "\($0): \($1)\r\n" }.sorted().joined()
    return "HTTP/1.1 \(status) Status\r\nConnection: close\r\n\(lines)\r\n"
  }

  /// As a server should that knows ranges.
  func serve(_ body: [UInt8], _ request: HTTPRequest, etag: String? = nil, lastModified: String? = nil) {
    var fields: [String: String] = ["Accept-Ranges": "bytes"]
    fields["ETag"] = etag
    fields["Last-Modified"] = lastModified
    let condition = request.fields["if-range"]
    guard let start = request.rangeStart, condition == nil || condition == etag || condition == lastModified else {
      return respond(200, fields, body: body)
    }
    guard start < body.count else { return respond(416, ["Content-Range": "bytes */\(body.count)"]) }
    fields["Content-Range"] = "bytes \(start)-\(body.count - 1)/\(body.count)"
    respond(206, fields, body: Array(body[start...]))
  }

  /// Announces all, and sends only the beginning.
  func sendBeginning(_ count: Int, of body: [UInt8], etag: String? = nil) {
    var fields = ["Content-Length": "\(body.count)"]
    fields["ETag"] = etag
    send(head(200, fields))
    send(body[..<count])
  }

  /// Sends something again and again, with a pause each time, until the client, or the server, has had enough.
  func drip(_ bytes: some Collection<UInt8>) {
    while send(bytes) { letOthersRun() }
  }

  /// Sends nothing more until the client, or the server, has had enough.
  func stall() {
    var byte: UInt8 = 0
    while recv(socket, &byte, 1, 0) > 0 {}
  }
}
