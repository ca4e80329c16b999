import BatchUp
import BatchUpSystem

/// Downloads one file of a data set: from one address after the other, each of them tried several times.
struct Downloader {
  let source: SourceFile
  let folder: OwnFolder
  let options: FetchOptions

  /// Leaves the verified file in the folder, under its name.
  ///
  /// - Returns: why each of the addresses has failed; nil where one has not.
  /// - Throws: `DatasetError` where no other address would do better, or `CancellationError`.
  func download(from addresses: [String]) async throws -> [DownloadFailure]? {
    var failures: [DownloadFailure] = []
    for address in addresses {
      do {
        try await download(from: address)
        return nil
      } catch let reason as DownloadFailure.Reason {
        failures.append(DownloadFailure(address: address, reason: reason))
      }
    }
    return failures
  }

  private func download(from address: String) async throws {
    switch Address(address) {
    case .file(let path): try await copy(fromAddressOf: path)
    case .web(let address): try await tryAgainAndAgain { try await fetch(address) }
    case nil: throw DownloadFailure.Reason.invalidAddress
    }
  }

  private func copy(fromAddressOf path: String) async throws {
    do {
      guard let kind = try kind(at: path) else { throw DownloadFailure.Reason.unreadable("there is no such file") }
      if kind != S_IFREG { throw DownloadFailure.Reason.unreadable("it is not a regular file") }
      try await copy(from: path)
    } catch DatasetError.file(.cannotOpen(path, let reason)), DatasetError.file(.cannotRead(path, let reason)) {
      throw DownloadFailure.Reason.unreadable(reason)
    }
  }

  /// Copies a file of this machine into the folder.
  ///
  /// - Throws: `DownloadFailure.Reason`, `DatasetError` or `CancellationError`.
  func copy(from path: String) async throws {
    try await onThread("copy") { isCancelled in
      let (file, size) = try DatasetError.openedWithSize(path)
      let partial = try PartialDownload(of: source.name, in: folder)
      var counter = options.counter(of: .copy(file: source.name), totalCount: size)
      try partial.withoutResumption {
        do {
          try partial.start(from: .init(address: path, byteCount: size))
          try file.forEachBlock(isCancelled: isCancelled) { block in
            try partial.append(block)
            counter.advance(by: block.count)
          }
        } catch {
          partial.remove()
          throw error
        }
      }
      counter.finish()
    }
    try await complete()
  }

  private func tryAgainAndAgain(_ body: () async throws -> Void) async throws {
    var pause = options.limits.backOff
    for tryNumber in 1... {
      do { return try await body() } catch let reason as DownloadFailure.Reason {
        guard reason.isTemporary, tryNumber < options.limits.tryCount else { throw reason }
      }
      try await Task.sleep(for: pause)
      pause *= 2
    }
  }

  /// Goes on with what is there; where that leads nowhere, starts anew.
  private func fetch(_ address: String) async throws {
    let offset = resumptionOffset(try PartialDownload(of: source.name, in: folder), address)
    guard offset > 0 else { return try await fetch(address, from: 0) }
    do { try await fetch(address, from: offset) } catch let reason as DownloadFailure.Reason {
      guard reason.mayComeOfResuming else { throw reason }
      try await fetch(address, from: 0)
    }
  }

  private func fetch(_ address: String, from offset: Int) async throws {
    try await onThread("download") { isCancelled in try transfer(address, from: offset, isCancelled: isCancelled) }
    try await complete()
  }

  private func transfer(_ address: String, from offset: Int, isCancelled: @escaping () -> Bool) throws {
    let partial = try PartialDownload(of: source.name, in: folder)
    if offset > 0, partial.byteCount == partial.origin?.byteCount { return }
    let validator = partial.origin?.address == address ? partial.origin?.validator : nil
    let body = DownloadBody(
      of: source, from: address, to: partial, offset: offset, validator: offset > 0 ? validator : nil, options: options)
    let transfer = HTTPTransfer(
      address, fields: fields(from: offset, validator: validator), to: body, isCancelled: isCancelled)
    do {
      try transfer.run(allowsPlainRedirects: source.sha256 != nil, limits: options.limits)
    } catch let reason as DownloadFailure.Reason {
      // The body is too long; discard it.
      if case .wrongByteCount = reason, body.isAccepted { partial.remove() }
      throw reason
    }
  }

  /// How much of what is there is to be kept. Bytes from another address are only where a digest decides in the end.
  private func resumptionOffset(_ partial: PartialDownload, _ address: String) -> Int {
    guard let origin = partial.origin else { return 0 }
    if let limit = source.byteCount ?? origin.byteCount, partial.byteCount > limit { return 0 }
    let isTheSame = origin.address == address && origin.validator != nil
    return isTheSame || source.sha256 != nil ? partial.byteCount : 0
  }

  private func fields(from offset: Int, validator: String?) -> [String] {
    // The bytes of the file itself, to be counted and verified.
    var fields = ["User-Agent: BatchUp", "Accept-Encoding: identity"]
    if offset > 0 {
      fields.append("Range: bytes=\(offset)-")
      if let validator { fields.append("If-Range: \(validator)") }
    }
    return fields
  }

  /// Verifies what has been downloaded, and gives it its name, or deletes it.
  private func complete() async throws {
    let partialPath = folder.path(of: PartialDownload.names(for: source.name)[0])
    do { try await source.verify(partialPath, options: options) } catch let mismatch as DownloadFailure.Reason {
      try PartialDownload(of: source.name, in: folder).remove()
      throw mismatch
    }
    try PartialDownload(of: source.name, in: folder).complete(as: source.name)
  }
}
