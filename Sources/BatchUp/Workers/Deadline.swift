/// A time by which something must have happened, and how long that was from the beginning; nil for no limit.
struct Deadline {
  let duration: Duration?
  let end: ContinuousClock.Instant?

  init(in duration: Duration?) {
    self.duration = duration
    end = duration.map { .now + $0 }
  }
}
