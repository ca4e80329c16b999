import Testing

@testable import BatchUp

@Suite struct ProgressLineTests {
  private func line(
    _ completedCount: Int, of totalCount: Int?, rate: Double? = 1_250, label: String = "epoch 1/9"
  ) -> ProgressLine {
    ProgressLine(
      label: label, state: ProgressState(completedCount: completedCount, totalCount: totalCount), rate: rate)
  }

  @Test func theBarGrows() {
    let texts = [0, 32, 64].map { line($0, of: 64, rate: nil).text(width: 30) }
    #expect(
      texts == [
        "epoch 1/9  [..........]   0 %", "epoch 1/9  [#####.....]  50 %", "epoch 1/9  [##########] 100 %",
      ])
  }

  /// The bar takes what is left, up to 40 columns; where that would be less than 10, details go first.
  @Test func whatIsLeftOut() {
    let line = line(15_000, of: 60_000)
    #expect(
      line.text(width: 120)
        == "epoch 1/9  [##########..............................]  25 %  15,000/60,000  1,250/s  0:36")
    #expect(line.text(width: 60) == "epoch 1/9  [##........]  25 %  15,000/60,000  1,250/s  0:36")
    #expect(line.text(width: 59) == "epoch 1/9  [######..................]  25 %  1,250/s  0:36")
    #expect(line.text(width: 45) == "epoch 1/9  [##........]  25 %  1,250/s  0:36")
    #expect(line.text(width: 44) == "epoch 1/9  [####..............]  25 %  0:36")
    #expect(line.text(width: 36) == "epoch 1/9  [##........]  25 %  0:36")
    #expect(line.text(width: 35) == "epoch 1/9  [###............]  25 %")
    #expect(line.text(width: 30) == "epoch 1/9  [##........]  25 %")
    #expect(line.text(width: 29) == "epoch 1/9   25 %")
    #expect(line.text(width: 10) == "epoch 1/9")
    #expect(line.text(width: 5) == "epoc")
  }

  @Test func withoutATotalThereIsNoShare() {
    let line = line(15_000, of: nil)
    #expect(line.text(width: 120) == "epoch 1/9  15,000  1,250/s")
    #expect(line.text(width: 26) == "epoch 1/9  15,000")
    #expect(line.text == "epoch 1/9  15,000  1,250/s")
    #expect(self.line(0, of: nil, rate: nil).text == "epoch 1/9  0")
  }

  @Test func inALog() {
    #expect(line(15_000, of: 60_000).text == "epoch 1/9  15,000/60,000 (25 %)  1,250/s  0:36 left")
    #expect(line(7, of: 60_000, rate: 0, label: "").text == "     7/60,000 (0 %)  0.0/s")
  }

  @Test func everyWidth() {
    let labels = [
      "", "a", "epoch 12/34", "two\nlines\u{1B}[2J\t", "図像を読む", "a👩‍👩‍👧‍👦e\u{301}", String(repeating: "long ", count: 30),
    ]
    let counts: [(Int, Int?)] = [
      (0, 0), (0, 1), (7, 9), (9, 9), (10, 9), (-1, 9), (0, nil), (5, nil), (Int.max, nil), (Int.max - 1, Int.max),
      (59_999, 60_000), (1, -1),
    ]
    let rates: [Double?] = [nil, 0, 1e-9, 0.3, 1, 99.96, 123_456.7, 1e15, 1e300, .infinity]
    for label in labels {
      for (completed, total) in counts {
        for rate in rates { check(line(completed, of: total, rate: rate, label: label)) }
      }
    }
  }

  private func check(_ line: ProgressLine) {
    var shown = 0
    for width in 0...120 {
      let text = line.text(width: width)
      let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
      if !isPlain || text.columnBound > max(0, width - 1) { Issue.record("\(text) for width \(width)") }
      // A wider terminal does not say less.
      let words = text.split(separator: "  ", omittingEmptySubsequences: true).count
      if width > line.label.columnBound + 10 {
        if words < shown { Issue.record("\(text) for width \(width)") }
        shown = words
      }
      if line.state.totalCount == nil, text.contains("%") { Issue.record("\(text)") }
    }
    #expect(!line.text.contains("\n"))
  }

  @Test(arguments: [
    (0.0, "0:00"), (0.01, "0:01"), (59, "0:59"), (59.5, "1:00"), (3_599, "59:59"), (3_600, "1:00:00"),
    (359_999, "99:59:59"), (360_000, "4 days"), (86_399_999, "999 days"), (86_400_000, nil), (.infinity, nil),
  ])
  func clock(seconds: Double, text: String?) {
    #expect(ProgressLine.clock(seconds: seconds) == text)
  }

  @Test(arguments: [
    (0.0, "0.0/s"), (0.5, "30.0/min"), (1, "1.0/s"), (99.96, "100.0/s"), (100, "100/s"), (12_345.6, "12,345/s"),
    (1e300, "1e+300/s"),
  ])
  func rate(rate: Double, text: String) {
    #expect(line(3, of: nil, rate: rate, label: "").text == "3  \(text)")
  }

  @Test func bytesAreShownAsMegabytes() {
    func text(_ completedCount: Int, of totalCount: Int?, rate: Double?) -> String {
      let state = ProgressState(completedCount: completedCount, totalCount: totalCount)
      return ProgressLine(label: "train.gz", state: state, rate: rate, unit: .bytes).text
    }
    #expect(text(2_500_000, of: 10_000_000, rate: 1e6) == "train.gz   2.5/10.0 MB (25 %)  1.0 MB/s  0:08 left")
    #expect(text(1_250_000_000, of: nil, rate: 12_340) == "train.gz  1250.0 MB  0.0 MB/s")
    #expect(text(0, of: 49_999, rate: nil) == "train.gz  0.0/0.0 MB (0 %)")
  }

  @Test func fractions() {
    let fractions = [(0, 0), (0, 4), (1, 4), (4, 4), (9, 4), (-9, 4), (1, -1)].map {
      ProgressState(completedCount: $0, totalCount: $1).fraction
    }
    #expect(fractions == [1, 0, 0.25, 1, 1, 0, 1])
    #expect(ProgressState(completedCount: 3).fraction == nil)
  }
}
