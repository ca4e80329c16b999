import BatchUpSystem

/// The shared memory of one worker process, as its parent sees it.
///
/// A region is in use from when it is taken until the last array in it is gone. Then it is kept for another batch,
/// where no more are kept already than are in use, or four; otherwise it is given up.
final class RegionStock: Sendable {
  private struct State {
    /// Nil after the end of the process.
    var channel: MessageChannel?
    var lastNumber = 0
    var inUseCount = 0
    var spare: [SharedRegion] = []
    /// The regions that the process still has to let go of.
    var forgotten: [Int] = []
    var isRequesting = false

    /// What a consumer gives back in one go is needed again soon; the pages of new memory cost more than a batch.
    var spareLimit: Int { channel == nil ? 0 : max(inUseCount, 4) }
  }

  private let state: Guarded<State>

  init(channel: MessageChannel) {
    state = Guarded(State(channel: channel))
  }

  var hasSpare: Bool { state.withLock { !$0.spare.isEmpty } }

  /// While requests go over the channel, nothing else must.
  func beginRequests() { state.withLock { $0.isRequesting = true } }

  func endRequests() {
    state.withLock {
      $0.isRequesting = false
      forget(&$0)
    }
  }

  /// A region of that size or larger that the process knows already, and that is in use from now on.
  func take(byteCount: Int) -> SharedRegion? {
    withForgotten { state in
      let tooSmall = state.spare.filter { $0.byteCount < byteCount }
      state.spare.removeAll { $0.byteCount < byteCount }
      let region = state.spare.popLast()
      if region != nil { state.inUseCount += 1 }
      return (region, tooSmall)
    }
  }

  /// A new region, which is in use from now on, and the descriptor by which the process gets to know it.
  func make(byteCount: Int) throws(SystemError) -> (SharedRegion, SharedDescriptor) {
    let descriptor = try SharedDescriptor(memoryOf: byteCount)
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    let region = try SharedRegion(number: number, byteCount: byteCount, of: descriptor, isWritable: false)
    state.withLock { $0.inUseCount += 1 }
    return (region, descriptor)
  }

  /// Called on any thread when nobody uses the region any more.
  func giveBack(_ region: SharedRegion) {
    withForgotten { state in
      state.inUseCount -= 1
      state.spare.append(region)
      let surplus = Array(state.spare.prefix(max(state.spare.count - state.spareLimit, 0)))
      state.spare.removeFirst(surplus.count)
      return ((), surplus)
    }
  }

  /// Gives up a region that was in use.
  func discard(_ region: SharedRegion) {
    withForgotten { state in
      state.inUseCount -= 1
      return ((), [region])
    }
  }

  /// Keeps nothing any more, since the process has ended.
  func close() {
    let last = state.withLock { state in
      defer { (state.channel, state.spare) = (nil, []) }
      return (state.channel, state.spare)
    }
    withExtendedLifetime(last) {}
  }

  /// Changes the state, and has the process let go of the regions that `change` gives up besides its result.
  private func withForgotten<Result>(_ change: (inout State) -> (Result, [SharedRegion])) -> Result {
    let (result, regions) = state.withLock { state in
      let (result, regions) = change(&state)
      state.forgotten += regions.map(\.number)
      forget(&state)
      return (result, regions)
    }
    withExtendedLifetime(regions) {}
    return result
  }

  /// Has the process let go of what is not going to be used. A process that has ended has none any more.
  private func forget(_ state: inout State) {
    if state.isRequesting || state.forgotten.isEmpty { return }
    try? state.channel?.send(WorkerRequest.forget(regions: state.forgotten).encoded(), until: .now)
    state.forgotten = []
  }
}
