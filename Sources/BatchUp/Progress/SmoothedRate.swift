/// How much is done in a second, by what was done lately: the older a count, the less it weighs.
///
/// The counts and the times are summed with weights that fall to about a third within `memory`; the rate is the
/// quotient of the sums, so that it is the plain mean at the start.
struct SmoothedRate {
  private var count = 0.0
  private var seconds = 0.0

  private static let memory = 10.0

  /// Nil before anything was noted.
  var perSecond: Double? { seconds > 0 ? count / seconds : nil }

  mutating func note(count newCount: Int, in duration: Duration) {
    let newSeconds = duration / .seconds(1)
    let weight = Self.memory / (Self.memory + newSeconds)
    count = count * weight + Double(newCount)
    seconds = seconds * weight + newSeconds
  }
}
