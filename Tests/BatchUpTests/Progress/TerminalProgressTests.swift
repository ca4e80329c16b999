import Testing

@testable import BatchUp

/// A display and a clock that stands until it is moved on; remembers what is shown when.
private final class Screen {
  var time = ContinuousClock.now
  private(set) var writes: [(time: ContinuousClock.Instant, text: String)] = []
  var width: Int?

  static let erased = "\r\u{1B}[K"

  init(width: Int?) {
    self.width = width
  }

  func progress(_ label: String = "work") -> TerminalProgress {
    let display = ProgressDisplay(
      width: width == nil ? nil : { self.width ?? 0 }, write: { self.writes.append((self.time, $0)) })
    return TerminalProgress(label: label, display: display) { self.time }
  }

  var texts: [String] { writes.map(\.text) }
}

@Suite struct TerminalProgressTests {
  /// No 21 updates of one terminal within a second, whatever works follow each other and however they report and end.
  @Test func atMostTwentyUpdatesASecond() {
    var rng = SeededGenerator(seed: 6)
    for _ in 0..<200 {
      let screen = Screen(width: 80)
      let longest = [1, 3, 40, 400].randomElement(using: &rng) ?? 1
      for _ in 0..<40 {
        let progress = screen.progress()
        var counter = ProgressCounter(totalCount: 1_000, observer: progress)
        for _ in 0..<Int.random(in: 0...60, using: &rng) {
          screen.time += .milliseconds(Int.random(in: 0...longest, using: &rng))
          counter.advance(by: 1)
          if Int.random(in: 0..<8, using: &rng) == 0 { progress.erase() }
        }
        if Bool.random(using: &rng) { counter.finish() }
      }
      let times = screen.writes.map(\.time)
      for i in times.indices.dropLast(20) { #expect(times[i + 20] - times[i] > .seconds(1)) }
    }
  }

  @Test func shortWorkShowsNothing() {
    for (width, longest) in [(80, 109), (nil, 4_999)] {
      let screen = Screen(width: width)
      var counter = ProgressCounter(totalCount: 5, observer: screen.progress())
      counter.advance(by: 1)
      screen.time += .milliseconds(longest)
      counter.advance(by: 4)
      screen.time += .seconds(100)
      counter.finish()
      #expect(screen.texts.isEmpty)
    }
  }

  @Test func theLineIsDrawnAgainAndErased() {
    let screen = Screen(width: 31)
    var counter = ProgressCounter(totalCount: 4, observer: screen.progress())
    for _ in 1...4 {
      screen.time += .seconds(1)
      counter.advance(by: 1)
      counter.advance(by: 0)
    }
    counter.finish()
    counter.finish()
    let lines = ["[##........]  25 %  0:03", "[#####.....]  50 %  0:02", "[#######...]  75 %  0:01"]
    let drawn: [String] = (lines + ["[##########] 100 %  0:00"]).map { "\(Screen.erased)work  \($0)" }
    #expect(screen.texts == drawn + [Screen.erased])
  }

  @Test func theWidthIsThatOfNow() {
    let screen = Screen(width: 31)
    var counter = ProgressCounter(totalCount: 4, observer: screen.progress())
    for width in [7, 0, 1] {
      screen.width = width
      screen.time += .seconds(1)
      counter.advance(by: 1)
    }
    #expect(screen.texts == ["work  ", "", ""].map { Screen.erased + $0 })
  }

  @Test func otherTextMayComeBetween() {
    let screen = Screen(width: 80)
    let progress = screen.progress()
    var counter = ProgressCounter(totalCount: nil, observer: progress)
    for _ in 1...2 {
      screen.time += .seconds(1)
      counter.advance(by: 1)
      progress.erase()
      progress.erase()
      counter.advance(by: 0)
    }
    counter.finish()
    #expect(screen.texts == ["work  1  1.0/s", "", "work  2  1.0/s", ""].map { Screen.erased + $0 })
  }

  @Test func workThatIsGivenUpIsErased() {
    struct Failure: Error {}
    let screen = Screen(width: 80)
    func work() throws {
      var counter = ProgressCounter(totalCount: nil, observer: screen.progress())
      screen.time += .seconds(1)
      counter.advance(by: 3)
      throw Failure()
    }
    #expect(throws: Failure.self) { try work() }
    #expect(screen.texts == [Screen.erased + "work  3  3.0/s", Screen.erased])
  }

  @Test func elsewhereThereIsALineEveryFiveSeconds() {
    let screen = Screen(width: nil)
    var counter = ProgressCounter(totalCount: 200, observer: screen.progress())
    for _ in 0..<200 {
      screen.time += .milliseconds(100)
      counter.advance(by: 1)
    }
    counter.finish()
    #expect(
      screen.texts == [
        "work   50/200 (25 %)  10.0/s  0:15 left\n", "work  100/200 (50 %)  10.0/s  0:10 left\n",
        "work  150/200 (75 %)  10.0/s  0:05 left\n", "work  200/200 (100 %)  10.0/s  0:00 left\n",
      ])
  }

  @Test func oneAfterTheOther() {
    let screen = Screen(width: nil)
    let progress = screen.progress()
    for _ in 0..<2 {
      var counter = ProgressCounter(totalCount: nil, observer: progress)
      screen.time += .seconds(5)
      counter.advance(by: 10)
      counter.finish()
      screen.time += .seconds(60)
    }
    #expect(screen.texts == ["work  10  2.0/s\n", "work  10  2.0/s\n"])
  }

  /// What an earlier run has done took none of the time.
  @Test func workThatGoesOn() {
    let screen = Screen(width: nil)
    var counter = ProgressCounter(completedCount: 900, totalCount: 1_000, observer: screen.progress())
    screen.time += .seconds(5)
    counter.advance(by: 50)
    #expect(screen.texts == ["work    950/1,000 (95 %)  10.0/s  0:05 left\n"])
  }
}

@Suite struct SmoothedRateTests {
  @Test func aSteadyRateIsExact() {
    var rate = SmoothedRate()
    #expect(rate.perSecond == nil)
    for _ in 0..<1_000 {
      rate.note(count: 3, in: .milliseconds(250))
      // Both sums are rounded in the same way, but for the last place of each step.
      #expect(abs((rate.perSecond ?? 0) - 12) < 1e-9)
    }
  }

  @Test func itFollowsAChangeAndForgets() {
    var rate = SmoothedRate()
    for _ in 0..<1_000 { rate.note(count: 100, in: .milliseconds(100)) }
    for _ in 0..<100 { rate.note(count: 1, in: .milliseconds(100)) }
    // After ten seconds, 1.01^-100 = 0.37 of the old rate is left.
    #expect(abs((rate.perSecond ?? 0) - (10 + 990 * 0.3697)) < 1)
    for _ in 0..<1_000 { rate.note(count: 1, in: .milliseconds(100)) }
    #expect(abs((rate.perSecond ?? 0) - 10) < 0.1)
  }

  @Test func noTimeIsNoRate() {
    var rate = SmoothedRate()
    rate.note(count: 5, in: .zero)
    #expect(rate.perSecond == nil)
  }
}
