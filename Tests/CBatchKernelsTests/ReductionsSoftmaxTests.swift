import BatchUpSystem
import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct ReductionsSoftmaxTests {
    typealias Values = ReductionValues

    static func options(ignored: Int64 = CBK_NO_IGNORED_LABEL, smoothing: Double = 0, scale: Double = 1)
      -> cbk_cross_entropy_options
    {
      cbk_cross_entropy_options(ignored_label: ignored, label_smoothing: smoothing, gradient_scale: scale)
    }

    /// log(sum of e^x) - (1 - a) * x[label] - a * mean(x), arranged so that nothing cancels: the loss is in the log1p
    /// of what the others add to the largest.
    static func referenceLoss(_ row: ArraySlice<Float>, label: Int, smoothing: Double) -> Double {
      let x = row.map(Double.init)
      let largest = x.max()!
      let others = Values.sum(x.map { exp($0 - largest) }.sorted().dropLast())
      let mean = Values.sum(x) / Double(x.count)
      return log1p(others) + (1 - smoothing) * (largest - x[label])
        + (smoothing == 0 ? 0 : smoothing * (largest - mean))
    }

    static func referenceGradient(_ row: ArraySlice<Float>, label: Int, smoothing: Double) -> [Double] {
      let x = row.map(Double.init)
      let largest = x.max()!
      let sum = Values.sum(x.map { exp($0 - largest) })
      return x.indices.map { j in
        let target = (j == label ? 1 - smoothing : 0) + smoothing / Double(x.count)
        return exp(x[j] - largest) / sum - target
      }
    }

    struct Rows {
      var logits: [Float]
      var labels: [Int32]
      var classCount: Int

      func row(_ r: Int) -> ArraySlice<Float> { logits[(r * classCount)..<((r + 1) * classCount)] }

      init(_ rowCount: Int, classCount: Int, magnitude: Float) {
        self.classCount = classCount
        logits = Values.signedFloats(rowCount * classCount, magnitude: magnitude, key: UInt64(classCount))
        labels = (0..<rowCount).map { Int32($0 * 5 % classCount) }
      }

      func loss(options: cbk_cross_entropy_options, gradient: UnsafeMutablePointer<Float>? = nil) -> Double {
        var loss = cbk_loss(sum: .nan, row_count: -1)
        let valid = withUnsafePointer(to: options) {
          cbk_softmax_cross_entropy_f32(logits, labels, $0, gradient, &loss, labels.count, classCount)
        }
        #expect(valid == labels.count)
        #expect(loss.row_count == labels.count { Int64($0) != options.ignored_label })
        return loss.sum
      }

      func wideLoss(options: cbk_cross_entropy_options, gradient: UnsafeMutablePointer<Double>? = nil) -> Double {
        var loss = cbk_loss(sum: .nan, row_count: -1)
        let valid = withUnsafePointer(to: options) {
          cbk_softmax_cross_entropy_f64(
            logits.map(Double.init), labels, $0, gradient, &loss, labels.count, classCount)
        }
        #expect(valid == labels.count)
        return loss.sum
      }
    }

    static let classCounts = Array(1...50) + [100, 257, 1000]

    /// Each exponential is within 1.1 units in the last place, at most 1.31e-7 of it. With s = 1 + (what the others
    /// add), an error of so much of the others changes log s by less than so much of log s; all terms of the loss are
    /// positive. 2^-52 * classCount bounds the roundings of s in Double.
    @Test(arguments: [(3, 0), (40, 0), (200, 0), (5, 0.1), (5, 1)] as [(Float, Double)])
    func losses(magnitude: Float, smoothing: Double) {
      var mismatches = Mismatches()
      for classCount in Self.classCounts {
        let rows = Rows(4, classCount: classCount, magnitude: magnitude)
        let references = (0..<4).map {
          Self.referenceLoss(rows.row($0), label: Int(rows.labels[$0]), smoothing: smoothing)
        }
        let reference = references.reduce(0, +)
        let options = Self.options(smoothing: smoothing)
        let rounding = 4 * 0x1p-52 * Double(classCount + Int(magnitude))
        let loss = withScalar { rows.loss(options: options) }
        let error = abs(loss - reference)
        mismatches.check(error <= 1.4e-7 * reference + rounding, "\(classCount): \(loss) for \(reference)")
        let wideLoss = withScalar { rows.wideLoss(options: options) }
        mismatches.check(abs(wideLoss - reference) <= 1e-12 * reference + rounding, "f64 \(classCount): \(wideLoss)")
        withEachISA { isa in
          mismatches.check(rows.loss(options: options) == loss, "\(name(isa)) \(classCount)")
          mismatches.check(rows.wideLoss(options: options) == wideLoss, "f64 \(name(isa)) \(classCount)")
        }
      }
      mismatches.expectNone()
    }

    /// Rows of a model that is sure and right: the loss is the small sum of the other classes.
    @Test(arguments: [4, 9, 15.3] as [Float])
    func smallLosses(margin: Float) {
      for classCount in [2, 10, 100] {
        var rows = Rows(5, classCount: classCount, magnitude: 1)
        for r in 0..<5 { rows.logits[r * classCount + Int(rows.labels[r])] = margin }
        let reference = (0..<5).reduce(0) {
          $0 + Self.referenceLoss(rows.row($1), label: Int(rows.labels[$1]), smoothing: 0)
        }
        withEachISA { isa in
          let error = abs(rows.loss(options: Self.options()) - reference)
          #expect(error <= 1.4e-7 * reference + 5 * 0x1p-52 * Double(classCount), "\(name(isa)) \(classCount)")
        }
      }
    }

    @Test(arguments: [(3, 0, 1), (60, 0, 0.125), (5, 0.1, -2)] as [(Float, Double, Double)])
    func gradients(magnitude: Float, smoothing: Double, scale: Double) {
      var mismatches = Mismatches()
      for classCount in Self.classCounts {
        let rows = Rows(4, classCount: classCount, magnitude: magnitude)
        let options = Self.options(smoothing: smoothing, scale: scale)
        let reference = (0..<4).flatMap {
          Self.referenceGradient(rows.row($0), label: Int(rows.labels[$0]), smoothing: smoothing)
        }
        let count = 4 * classCount
        let buffer = GuardedBuffer(capacity: count * 8)
        for edge in GuardedBuffer.Edge.allCases {
          let start = buffer.region(count * 4, at: edge).assumingMemoryBound(to: Float.self)
          let loss = withScalar { rows.loss(options: options, gradient: start) }
          let expected = Array(UnsafeBufferPointer(start: start, count: count))
          let worst = zip(expected, reference).map { abs(Double($0) - scale * $1) }.max()!
          mismatches.check(worst <= 4e-7 * abs(scale), "\(classCount) \(worst)")
          mismatches.check(loss == withScalar { rows.loss(options: options) }, "loss \(classCount)")
          withEachISA { isa in
            buffer.fillWithCanaries()
            let same = rows.loss(options: options, gradient: start) == loss
            mismatches.check(same && buffer.holds(expected, at: edge), "\(name(isa)) \(classCount)")
            buffer.fillWithCanaries()
            let wideStart = buffer.region(count * 8, at: edge).assumingMemoryBound(to: Double.self)
            _ = rows.wideLoss(options: options, gradient: wideStart)
            let wide = Array(UnsafeBufferPointer(start: wideStart, count: count))
            let wideWorst = zip(wide, reference).map { abs($0 - scale * $1) }.max()!
            mismatches.check(wideWorst <= 1e-12 * abs(scale), "f64 \(name(isa)) \(classCount) \(wideWorst)")
            mismatches.check(buffer.holds(wide, at: edge), "f64 \(name(isa)) \(classCount) beyond")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func gradientInPlaceOfTheLogits() {
      for smoothing in [0, 0.2] {
        let rows = Rows(300, classCount: 11, magnitude: 4)
        let options = Self.options(ignored: 3, smoothing: smoothing)
        var expected = [Float](repeating: .nan, count: rows.logits.count)
        let loss = rows.loss(options: options, gradient: &expected)
        withEachISA { isa in
          var result = cbk_loss()
          var values = rows.logits
          values.withUnsafeMutableBufferPointer { values in
            withUnsafePointer(to: options) {
              _ = cbk_softmax_cross_entropy_f32(
                values.baseAddress, rows.labels, $0, values.baseAddress, &result, 300, 11)
            }
          }
          #expect(values == expected && result.sum == loss, "\(name(isa))")
        }
      }
    }

    /// Parts of whole segments, added in order, give the bits of the whole.
    @Test func segments() {
      let rows = Rows(700, classCount: 7, magnitude: 4)
      withEachISA { isa in
        var sum = 0.0
        for first in stride(from: 0, to: 700, by: CBK_REDUCTION_ROWS) {
          var part = rows
          let end = min(700, first + CBK_REDUCTION_ROWS)
          part.logits = Array(rows.logits[(first * 7)..<(end * 7)])
          part.labels = Array(rows.labels[first..<end])
          sum += part.loss(options: Self.options())
        }
        #expect(sum == rows.loss(options: Self.options()), "\(name(isa))")
      }
    }

    @Test func ignoredRowsAreSkipped() {
      var rows = Rows(250, classCount: 9, magnitude: 4)
      var counted = rows
      let isIgnored = (0..<250).map { $0 % 7 == 0 || (100..<120).contains($0) }
      counted.logits = (0..<250).filter { !isIgnored[$0] }.flatMap { rows.row($0) }
      counted.labels = (0..<250).filter { !isIgnored[$0] }.map { rows.labels[$0] }
      for r in 0..<250 where isIgnored[r] {
        rows.labels[r] = -100
        rows.logits[r * 9] = .nan
      }
      withEachISA { isa in
        var gradient = [Float](repeating: .nan, count: rows.logits.count)
        var countedGradient = [Float](repeating: .nan, count: counted.logits.count)
        let loss = rows.loss(options: Self.options(ignored: -100), gradient: &gradient)
        #expect(loss == counted.loss(options: Self.options(), gradient: &countedGradient), "\(name(isa))")
        let kept = (0..<250).filter { !isIgnored[$0] }.flatMap { gradient[($0 * 9)..<($0 * 9 + 9)] }
        #expect(kept == countedGradient, "\(name(isa))")
        let skipped = (0..<250).filter { isIgnored[$0] }.flatMap { gradient[($0 * 9)..<($0 * 9 + 9)] }
        #expect(skipped.allSatisfy { $0 == 0 }, "\(name(isa))")
      }
    }

    @Test func labelsOutOfRange() {
      var rows = Rows(300, classCount: 5, magnitude: 1)
      for label: Int32 in [-1, 5, .max, .min] {
        rows.labels[270] = label
        rows.labels[280] = -3
        var gradient = [Float](repeating: 7, count: 1500)
        var loss = cbk_loss(sum: 7, row_count: 7)
        var options = Self.options()
        #expect(cbk_softmax_cross_entropy_f32(rows.logits, rows.labels, &options, &gradient, &loss, 300, 5) == 270)
        #expect(gradient.allSatisfy { $0 == 7 } && loss.sum == 7 && loss.row_count == 7)
        options.ignored_label = Int64(label)
        #expect(cbk_softmax_cross_entropy_f32(rows.logits, rows.labels, &options, &gradient, &loss, 300, 5) == 280)
      }
    }

    @Test func masksInfinitiesAndNaN() {
      func loss(_ row: [Float], _ label: Int32, smoothing: Double = 0) -> (loss: Double, gradient: [Float]) {
        var rows = Rows(1, classCount: row.count, magnitude: 1)
        rows.logits = row
        rows.labels = [label]
        var gradient = [Float](repeating: 7, count: row.count)
        let loss = rows.loss(options: Self.options(smoothing: smoothing), gradient: &gradient)
        let wide = rows.wideLoss(options: Self.options(smoothing: smoothing))
        #expect(wide == loss || abs(wide - loss) < 1e-6 || (wide.isNaN && loss.isNaN))
        return (loss, gradient)
      }
      let none = -Float.infinity
      withEachISA { _ in
        #expect(abs(loss([1, none, 1, none], 0).loss - log(2)) < 1e-15)
        #expect(loss([1, none, 1, none], 0).gradient == [-0.5, 0, 0.5, 0])
        #expect(loss([none, 3], 0).loss == .infinity)
        #expect(loss([none, 3], 0).gradient == [-1, 1])
        #expect(loss([none, 3], 1).loss == 0)
        #expect(loss([none, 3], 1, smoothing: 0.5).loss == .infinity)
        #expect(loss([Float](repeating: 0, count: 39) + [-1000], 39).loss == 1000 + log(39))
        for count in [1, 2, 15, 16, 17, 40] {
          let row = [Float](repeating: 1, count: count)
          #expect(loss([Float](repeating: none, count: count), 0).loss.isNaN)
          for position in 0..<count {
            for bad in [Float.nan, .infinity] {
              var row = row
              row[position] = bad
              let result = loss(row, 0)
              #expect(result.loss.isNaN && result.gradient.allSatisfy { $0.isNaN })
            }
          }
        }
      }
    }

    @Test func ofNothing() {
      withEachISA { _ in
        var loss = cbk_loss(sum: 7, row_count: 7)
        var options = Self.options()
        #expect(cbk_softmax_cross_entropy_f32(nil, nil, &options, nil, &loss, 0, 10) == 0)
        #expect(loss.sum == 0 && loss.row_count == 0)
        #expect(cbk_softmax_cross_entropy_f64(nil, nil, &options, nil, &loss, 0, 0) == 0)
      }
    }

    /// log(e + e^2 + e^3) - 3 and log(e + 1/e + 1) - 1, to 1.4e-7.
    @Test func knownValues() {
      var rows = Rows(2, classCount: 3, magnitude: 1)
      rows.logits = [1, 2, 3, 1, -1, 0]
      rows.labels = [2, 0]
      let expected = 2 * 0.407_605_964_444_380_3
      withEachISA { isa in
        #expect(abs(rows.loss(options: Self.options()) - expected) < 1.4e-7 * expected, "\(name(isa))")
        #expect(abs(rows.wideLoss(options: Self.options()) - expected) < 1e-12, "\(name(isa))")
      }
    }

    /// To 1e-14, as the logarithm of a row's sum is the C library's.
    @Test func golden() {
      let rows = Rows(100, classCount: 21, magnitude: 6)
      withEachISA { isa in
        let loss = rows.loss(options: Self.options(smoothing: 0.1))
        #expect(abs(loss - 0x1.313a47585501bp9) < 1e-14 * loss, "\(name(isa)) \(loss)")
      }
    }
  }
}
