import BatchUpSystem

/// A worker process as its parent sees it, from its start to its end.
///
/// Requests are made by one thread at a time. It may be killed on any thread, and regions come back on any.
final class ChildProcess: Sendable {
  private struct State {
    var isReaped = false
    var isReady = false
    var openLoaders: Set<Int> = []
  }

  let processID: Int32
  let regions: RegionStock
  private let channel: MessageChannel
  private let state = Guarded(State())

  init(launching executable: String) throws(WorkerProcessError) {
    do {
      let (channel, invited) = try MessageChannel.pair()
      self.channel = channel
      defer { withExtendedLifetime(invited) {} }
      processID = try ProcessLauncher.launch(
        executable, arguments: [executable, WorkerInvitation(parent: getpid()).argument], socket: invited.number)
    } catch {
      throw WorkerProcessError(.couldNotStart(reason: "\(executable): \(error.text)"))
    }
    regions = RegionStock(channel: channel)
  }

  /// Not, where it has ended without being asked for anything. A process of its group may hold the connection for a
  /// moment longer.
  var isAlive: Bool { !channel.isClosedByPeer && !hasEnded(processID) }

  var isReaped: Bool { state.withLock { $0.isReaped } }

  private var isReady: Bool { state.withLock { $0.isReady } }

  // MARK: Requests

  /// Waits until it is ready for requests.
  ///
  /// - Throws: What has ended the process, which another one may be spared; `couldNotStart` where no process of this
  ///   executable will start.
  func waitUntilReady(by deadline: Deadline) throws(WorkerProcessError) {
    if isReady { return }
    let reply: WorkerReply
    do throws(ChannelFailure) {
      reply = try receive(by: deadline)
    } catch {
      throw failed(cause(of: error, by: deadline))
    }
    guard case .ready(WorkerReply.version) = reply else {
      throw failed(.couldNotStart(reason: "it is built with another version of BatchUp"))
    }
    state.withLock { $0.isReady = true }
  }

  /// Has the process make the loader, unless it has done so before.
  func open(_ loader: RemoteLoader, by deadline: Deadline) throws(WorkerProcessError) {
    if state.withLock({ $0.openLoaders.contains(loader.number) }) { return }
    let request = WorkerRequest.open(loader: loader.number, name: loader.name, arguments: loader.arguments)
    switch try answer(to: request, by: deadline) {
    case .opened(let description):
      if let objection = loader.objection(to: description) { throw error(objection) }
      state.withLock { _ = $0.openLoaders.insert(loader.number) }
    case .unknownLoader(let known): throw error(.unknownLoader(name: loader.name, known: known))
    case .failed(let message): throw error(.loader(message: message))
    default: throw unexpectedAnswer
    }
  }

  /// The samples, in a region of which the process may have been told before.
  func load(
    _ indices: BatchIndices, from loader: RemoteLoader, by deadline: Deadline
  ) throws(WorkerProcessError) -> ReceivedBatch {
    var region = regions.take(byteCount: loader.regionByteCount)
    var descriptor: SharedDescriptor?
    if region == nil, loader.regionByteCount > 0 { (region, descriptor) = try makeRegion(loader.regionByteCount) }
    var reply = try answer(
      to: .load(loader: loader.number, region: region?.offer, indices: indices), descriptor, by: deadline)
    if case .tooSmall(let byteCount) = reply {
      if let region { regions.discard(region) }
      (region, descriptor) = try makeRegion(byteCount)
      guard let offer = region?.offer else { throw unexpectedAnswer }
      reply = try answer(to: .provide(offer), descriptor, by: deadline)
    }
    return try batch(of: reply, from: loader, in: region)
  }

  private func batch(
    of reply: WorkerReply, from loader: RemoteLoader, in region: SharedRegion?
  ) throws(WorkerProcessError) -> ReceivedBatch {
    switch reply {
    case .loaded(let loaded):
      loader.note(byteCount: loaded.byteCount)
      let lease = region.map { RegionLease($0, from: regions, isReusable: !loaded.isRetained) }
      let batch = ReceivedBatch(loaded.arrays, elements: loader.elements, in: lease)
      guard let batch else { throw unexpectedAnswer }
      return batch
    case .failed(let message):
      // What the loader has kept of the region is not known.
      if let region { regions.discard(region) }
      throw error(.loader(message: message))
    default: throw unexpectedAnswer
    }
  }

  private func makeRegion(_ byteCount: Int) throws(WorkerProcessError) -> (SharedRegion, SharedDescriptor) {
    do { return try regions.make(byteCount: byteCount) } catch { throw failed(.noSharedMemory(reason: error.text)) }
  }

  private func answer(
    to request: WorkerRequest, _ descriptor: SharedDescriptor? = nil, by deadline: Deadline
  ) throws(WorkerProcessError) -> WorkerReply {
    do throws(ChannelFailure) {
      try channel.send(request.encoded(), descriptor: descriptor?.number, until: deadline.end)
      return try receive(by: deadline)
    } catch {
      throw failed(cause(of: error, by: deadline))
    }
  }

  private func receive(by deadline: Deadline) throws(ChannelFailure) -> WorkerReply {
    let message = try channel.receive(until: deadline.end).message
    do { return try WorkerReply(decoding: message) } catch { throw .malformed }
  }

  // MARK: Failures

  private func error(_ cause: WorkerProcessError.Cause) -> WorkerProcessError {
    WorkerProcessError(cause, processID: processID)
  }

  /// An error after which the process is of no use.
  private func failed(_ cause: WorkerProcessError.Cause) -> WorkerProcessError {
    killAndReap()
    return error(cause)
  }

  private var unexpectedAnswer: WorkerProcessError {
    failed(.protocolViolation(reason: "an answer to another question"))
  }

  private func cause(of failure: ChannelFailure, by deadline: Deadline) -> WorkerProcessError.Cause {
    switch failure {
    case .closed: WorkerProcessError.Cause(killAndReap())
    case .late: .deadlineExceeded(deadline.duration ?? .zero)
    case .malformed: .protocolViolation(reason: "bytes that are not an answer")
    }
  }

  // MARK: End

  /// Lets the process end when it has done what it is at.
  func finish() { channel.finishSending() }

  /// Waits for its end, after `finish()`, and kills it where it takes too long or has nothing to put in order.
  func end(by end: ContinuousClock.Instant) {
    if state.withLock({ !$0.openLoaders.isEmpty }) { _ = channel.waitUntilReadable(until: end) }
    killAndReap()
  }

  func kill() {
    state.withLock { if !$0.isReaped { killProcessGroup(of: processID) } }
  }

  /// How the process has ended. Where it is just about to by itself, as its closed connection tells, being killed as
  /// well does not change that.
  @discardableResult
  private func killAndReap() -> ProcessEnd {
    let end: ProcessEnd? = state.withLock { state in
      if state.isReaped { return nil }
      killProcessGroup(of: processID)
      state.isReaped = true
      return reap(processID)
    }
    guard let end else { return .unknown }
    regions.close()
    return end
  }
}
