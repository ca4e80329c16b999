// The code of README.md, compiled and run. `ReadmeTests` checks that each of its blocks stands here.
import BatchUp
import BatchUpFiles
import BatchUpImages
import Foundation
import Testing

let trainX = NDArray<Float>(repeating: 0.5, shape: [1000, 28, 28])
let trainY = NDArray<Int32>((0..<1000).map { Int32($0 % 10) })
let testX = NDArray<Float>(repeating: 0.25, shape: [10, 28, 28])
let testY = NDArray<Int32>(repeating: 3, shape: [10])
func train(_ x: NDArray<Float>, _ y: NDArray<Int32>) { #expect(x.sampleCount == y.count) }
func train(_ x: NDArray<Float>, _ y: NDArray<Int32>, _ u: NDArray<Float>) {
  #expect(x.sampleCount == y.count && u.sampleCount == y.count)
}
func model(_ x: NDArray<Float>) -> NDArray<Float> { NDArray(repeating: 1, shape: [x.sampleCount, 10]) }
func argMax(_ x: NDArray<Float>) -> NDArray<Int32> { NDArray(repeating: 3, shape: [x.sampleCount]) }
func classNames(_ x: NDArray<Float>) -> [String] { [String](repeating: "three", count: x.sampleCount) }
func lossSum(_ x: NDArray<Float>, _ y: NDArray<Int32>) -> Double { Double(y.count) }
func losses(_ x: NDArray<Float>, _ y: NDArray<Int32>) -> NDArray<Float> { y.map { Float($0) } }
func errorCount(_ x: NDArray<Float>, _ y: NDArray<Int32>) -> Int { 0 }
func flipped(_ x: NDArray<Float>) -> NDArray<Float> { x }

func brightened(_ x: NDArray<Float>, by generators: SampleGenerators) -> NDArray<Float> {
  let factors = (0..<x.sampleCount).map { i in
    var generator = generators[i]
    return Float.random(in: 0.8...1.2, using: &generator)
  }
  return NDArray(
    x.scalars.enumerated().map { $0.element * factors[$0.offset / x.rowLength] }, shape: x.shape)
}

struct RecordingError: Error {}
func loadRecordings(_ paths: [String]) throws(RecordingError) -> NDArray<Float> {
  NDArray(repeating: 1, shape: [paths.count, 2, 4410])
}

struct Recordings: SampleLoader {
  let paths: [String]
  var sampleCount: Int { paths.count }

  func batch(at indices: BatchIndices) throws(RecordingError) -> NDArray<Float> {
    try loadRecordings(indices.map { paths[$0] })
  }
}

struct SimilarLengths: Sampler {
  let byLength: [Int]  // the samples, the shortest first
  var sampleCount: SampleCount { .unknown }

  func indices(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<BatchIndices> {
    var generator = order.makeGenerator() ?? SeededGenerator(seed: 0)
    let size = ranges.batchSize
    var starts = stride(from: 0, through: byLength.count - size, by: size).shuffled(using: &generator).makeIterator()
    return AnyIterator { starts.next().map { BatchIndices(byLength[$0..<$0 + size]) } }
  }
}

func trainedLosses(_ x: NDArray<Float>, _ y: NDArray<Int32>, _ corrections: [Double]) -> [Double] {
  zip(y.scalars, corrections).map { Double($0) * $1 }
}

let patients = (0..<1000).map { $0 / 7 }

@Suite struct Examples {
  private let source: ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>

  init() throws {
    source = try ArraySource(trainX, trainY)
  }

  @Test func firstScreen() throws {
    let trainX = NDArray<Float>(repeating: 0.5, shape: [1000, 28, 28])
    let trainY = NDArray<Int32>(repeating: 7, shape: [1000])
    let source = try ArraySource(trainX, trainY)

    for epoch in 0..<10 {
      for (x, y) in source.batches(of: 64, shuffle: .seed(12345, epoch: epoch)) {
        train(x, y)  // x: NDArray<Float> of shape (64, 28, 28), y: NDArray<Int32> of shape (64)
      }
    }

    let predictions = try ArraySource(testX).predict(batchSize: 256) { x in model(x) }
    let (loss, errorRate) = try source.batches(of: 256).mean { x, y in (lossSum(x, y), errorCount(x, y)) }
    #expect(predictions.shape == [10, 10])
    #expect((loss, errorRate) == (1, 0))
  }

  @Test func orders() throws {
    for (x, y) in source.batches(of: 64) { train(x, y) }
    for (x, y) in source.batches(of: 64, remainder: .drop) { train(x, y) }

    for (x, y) in source.batches(of: 64, shuffle: .random) { train(x, y) }
    for (x, y) in source.batches(of: 64, shuffle: .seed(12345, epoch: 3)) { train(x, y) }
    for (x, y) in source.batches(of: 64, shuffle: .seed(12345, epoch: 3, memory: .constant)) { train(x, y) }

    var generator = SeededGenerator(seed: 12345)
    for (x, y) in source.batches(of: 64, shuffledUsing: &generator) { train(x, y) }

    let state = NumPyRandomState(seed: 12345)
    for (x, y) in source.batches(of: 64, shuffle: .numPy(state)) { train(x, y) }
  }

  @Test func someOfTheSamples() throws {
    let subset = try ArraySource(trainX, trainY, indices: [3, 14, 15, 92, 65])
    let evens = source.filter { index in trainY[index] % 2 == 0 }
    #expect(subset.sampleCount == .finite(5))
    #expect(evens.sampleCount == .finite(500))

    let parts = try source.split(.fractions([0.9, 0.1]), shuffle: .seed(1))
    let (training, validation) = (parts[0], parts[1])
    let tenEach = try source.split(.counts([10, 10]), stratifiedBy: trainY, shuffle: .seed(1))
    let balanced = try training.balanced(by: trainY)  // each class equally often
    #expect(balanced.sampleCount == .infinite)
    #expect(training.sampleCount == .finite(900))
    #expect(validation.sampleCount == .finite(100))
    for part in tenEach {
      let labels = try part.batches(of: 4).concatenated { $0.1 }
      #expect(labels.scalars.count == 10)
    }
  }

  @Test func againAndAgain() throws {
    let thrice = try ArraySource(trainX, trainY, repeats: .times(3))
    let endless = try ArraySource(trainX, trainY, repeats: .forever)
    for (x, y) in endless.batches(of: 64, shuffle: .random).prefix(100) { train(x, y) }
    #expect(thrice.sampleCount == .finite(3000))
  }

  @Test func indicesAndAugmentation() throws {
    for (indices, (x, y)) in source.indexed().batches(of: 64) { print(indices.count, x.shape, y.shape) }
    for (indices, x, y) in source.indexed().flattened().batches(of: 64) { print(indices.count, x.shape, y.shape) }

    let augmented = source.map { x, y in (flipped(x), y) }
    for (x, y) in augmented.batches(of: 64, shuffle: .random) { train(x, y) }
  }

  @Test func weights() throws {
    let weights = (0..<1000).map { Double($0 % 7) }
    let weighted = try ArraySource(trainX, trainY, sampler: WeightedSampler(weights: weights))
    for (x, y) in weighted.batches(of: 64, shuffle: .seed(12345)).prefix(100) { train(x, y) }

    let ofSubset = try ArraySource(trainX, trainY, sampler: WeightedSampler(weights: [1, 1, 2], over: [8, 6, 7]))
    for (_, y) in ofSubset.batches(of: 64, shuffle: .random).prefix(3) {
      #expect(y.scalars.allSatisfy { (6...8).contains($0) })
    }

    let balanced = try ArraySource(trainX, trainY, sampler: WeightedSampler(balancingClasses: trainY))
    #expect(balanced.sampleCount == .infinite)

    var sampleWeights = WeightedSampler.balancingWeights(forClasses: trainY)
    sampleWeights[0] = 0
    let changed = try ArraySource(trainX, trainY, sampler: WeightedSampler(weights: sampleWeights))
    for (indices, _) in changed.indexed().batches(of: 640, shuffle: .random).prefix(3) {
      #expect(!indices.contains(0))
    }
  }

  @Test func sideBySide() throws {
    let unlabelledX = NDArray<Float>(repeating: 0.75, shape: [1500, 28, 28])
    let labelled = try ArraySource(trainX, trainY, repeats: .forever)
    let unlabelled = try ArraySource(unlabelledX)
    for ((x, y), u) in zip(labelled, unlabelled).batches(of: 64, shuffle: .random) { train(x, y, u) }
    for (x, y, u) in zip(labelled, unlabelled).flattened().batches(of: 64, shuffle: .random) { train(x, y, u) }
    #expect(zip(labelled, unlabelled).sampleCount == .finite(1500))
  }

  @Test func inTurn() throws {
    let streets = try ArraySource(trainX, trainY)
    let rooms = try ArraySource(testX, testY)
    let turns = ChoiceSource([streets, rooms])  // a batch of each, until one has no more
    let spread = ChoiceSource([streets, rooms], selection: .stratified)  // all of both, evenly spread
    let mix = ChoiceSource([streets, rooms], selection: .proportional([3, 1]))  // three of four are of streets
    let endToEnd = [streets, rooms].concatenated()  // first all of streets, then all of rooms
    for (x, y) in spread.batches(of: 64, shuffle: .random) { train(x, y) }
    #expect(turns.batches(of: 4).map { $0.1.count } == [4, 4, 4, 4, 4, 2, 4])
    #expect(mix.batches(of: 5).map { $0.1[0] == 3 && $0.1[1] == 3 }.filter { $0 }.count == 2)
    #expect(endToEnd.batches(of: 500).map { $0.1.count } == [500, 500, 10])
    let mapped = streets.map { x, y in (flipped(x), y) }
    #expect(ChoiceSource([mapped.erased(), rooms.erased()]).sampleCount == .finite(1010))

    let both = try ArraySource(
      ConcatenatedSamples(arrays: [trainX, testX]), ConcatenatedSamples(arrays: [trainY, testY]))
    for (x, y) in both.batches(of: 64, shuffle: .random) { train(x, y) }
    #expect(both.sampleCount == .finite(1010))
  }

  @Test func loaders() throws {
    let paths = ["a.wav", "b.wav"]
    let trainY = NDArray<Int32>([0, 1])
    let onDisk = try ArraySource(loading: Recordings(paths: paths), trainY)
    var iterator = onDisk.batches(of: 64).makeIterator()
    while let (x, y) = try iterator.nextBatch() { train(x, y) }
  }

  @Test func inParallel() async throws {
    let paths = ["a.wav", "b.wav"]
    let onDisk = try ArraySource(loading: Recordings(paths: paths), NDArray<Int32>([0, 1]))
    let pool = WorkerPool(workerCount: 4)  // for any number of sources; without a number, one for each processor
    for (x, y) in source.batches(of: 64, shuffle: .random).prefetched(by: pool, buffering: 32) { train(x, y) }
    for await (x, y) in source.batches(of: 64).prefetched(by: pool).async { train(x, y) }

    var prefetched = onDisk.batches(of: 64).prefetched(by: pool, onFailure: .skipSample, deadline: .seconds(30))
      .makeIterator()
    while let (x, y) = try prefetched.nextBatch() { train(x, y) }
    print(prefetched.skipped, prefetched.statistics.verdict)
    #expect(prefetched.statistics.sampleCount == 2)
    for count in pool.stream(paths, buffering: 8, { path in path.count }) { print(count) }
  }

  @Test func loadersAndNumbersPerThreadAndSample() throws {
    let paths = ["a.wav", "b.wav"]
    let trainY = NDArray<Int32>([0, 1])
    let perThread = try ArraySource(makingLoader: { Recordings(paths: paths) }, trainY)
    let jittered = source.map(random: { generators, x, y in (brightened(x, by: generators), y) })
    #expect(perThread.sampleCount == .finite(2))
    let pool = WorkerPool(workerCount: 2)
    let whole = jittered.batches(of: 1000, shuffle: .seed(1)).map { $0.0.scalars }[0]
    let parts = jittered.batches(of: 7, shuffle: .seed(1)).prefetched(by: pool).flatMap { $0.0.scalars }
    #expect(whole == parts)
    #expect(Set(whole).count > 900)
  }

  @Test func inProcesses() throws {
    let paths = ["a.wav", "b.wav"]
    let trainY = NDArray<Int32>([0, 1])
    WorkerProcess.serve(["recordings": WorkerLoader { paths in Recordings(paths: paths) }])  // at the very start

    // The program of the tests does not begin with that line: its workers are refused.
    #expect(throws: WorkerProcessError.self) {
      let processes = try WorkerProcessPool(workerCount: 2, deadline: .seconds(10), retries: 1)
      let apart = try ArraySource(
        loading: processes.loader("recordings", arguments: paths, as: NDArray<Float>.self), trainY)
      _ = apart
    }
  }

  @Test func generatedAndExistingBatches() {
    let noise = GeneratedSource(sampleCount: .infinite) { batchSize, order in
      sequence(state: SeededGenerator(seed: 12345)) { generator -> NDArray<Float>? in
        NDArray((0..<batchSize).map { _ in Float.random(in: 0..<1, using: &generator) })
      }
    }
    for x in noise.batches(of: 64).prefix(10) { print(x.shape) }

    let existing = SequenceSource([(trainX, trainY), (testX, testY)])
    for (x, y) in existing.batches(of: 64) { train(x, y) }
  }

  @Test func ownSampler() throws {
    let source = try ArraySource(trainX, trainY, sampler: SimilarLengths(byLength: Array((0..<1000).reversed())))
    var count = 0
    for (_, y) in source.batches(of: 12, shuffle: .seed(1)) { count += y.count }
    #expect(count == 996)
  }

  @Test func changingWeightsAndQuotas() throws {
    let hardest = try DynamicWeightedSampler(weights: repeatElement(1.0, count: trainX.sampleCount))
    let replayed = try ArraySource(trainX, trainY, sampler: hardest).indexed()
    for (indices, (x, y)) in replayed.batches(of: 64, shuffle: .seed(12345)).prefix(100) {
      let corrections = hardest.probabilities(of: indices).map { 1 / (1000 * $0) }
      let losses = trainedLosses(x, y, corrections)
      try hardest.update(indices, to: losses)
    }
    #expect(hardest.weights.contains { $0 != 1 })

    let triplets = try ArraySource(
      trainX, trainY,
      sampler: ClassQuotaSampler(labels: trainY, quotas: .classesTimesSamples(classes: 8, samples: 4)))
    for (x, y) in triplets.batches(of: 32, shuffle: .seed(12345)).prefix(100) { train(x, y) }

    let prior = ClassQuotas.proportional(to: [0: 0.5, 1: 0.3, 2: 0.2])
    let withPrior = try ClassQuotaSampler(labels: trainY, quotas: prior)
    let allClasses = try ClassQuotaSampler(labels: trainY, quotas: .everyClassPresent, whenExhausted: .end)
    #expect(withPrior.sampleCount == .infinite && allClasses.sampleCount == .unknown)
  }

  @Test func foldsAndGroups() throws {
    for (training, validation) in try source.folds(5, stratifiedBy: trainY, shuffle: .seed(1)) {
      for (x, y) in training.batches(of: 64, shuffle: .seed(12345)) { train(x, y) }
      print(validation.sampleCount)
    }
    let byPatient = try source.split(.fractions([0.9, 0.1]), groupedBy: patients, shuffle: .seed(1))
    #expect(byPatient.count == 2)
  }

  @Test func predictions() throws {
    let pool = WorkerPool(workerCount: 2)
    let predictions = try ArraySource(testX).predict(batchSize: 256) { x in model(x) }
    let (scores, classes) = try ArraySource(testX).predict(batchSize: 256, workers: pool) { x in (model(x), argMax(x)) }
    let ofFixedShape = try ArraySource(testX).padded().predict(batchSize: 256) { x, mask in model(x) }
    let (joined, names) = try ArraySource(testX).batches(of: 256).concatenated { x in (model(x), classNames(x)) }
    #expect(predictions.shape == [10, 10])
    #expect(scores == predictions && ofFixedShape == predictions && joined == predictions)
    #expect(classes.count == 10 && names.count == 10)
  }

  @Test func meanLosses() throws {
    let (loss, errorRate) = try source.batches(of: 256).mean { x, y in (lossSum(x, y), errorCount(x, y)) }
    let meanLoss = try source.batches(of: 256).mean(sumAxis: 0) { x, y in losses(x, y) }.scalar
    #expect((loss, errorRate) == (1, 0))
    #expect(meanLoss == 4.5)
  }

  @Test func metrics() throws {
    var loss = MeanLoss.softmaxCrossEntropy()
    for (x, y) in source.batches(of: 256) { try loss.add(model(x), y) }
    print(try loss.mean)

    let (meanLoss, errorRate, confusion) = try source.batches(of: 256).evaluate(
      MeanLoss.softmaxCrossEntropy(), ErrorRate(), ConfusionMatrix(classCount: 10)
    ) { x, y in (model(x), y) }
    print(meanLoss, errorRate, confusion.recall(of: 3) ?? .nan)
    #expect(try loss.mean == meanLoss)
    #expect(abs(errorRate - 0.9) < 1e-15)
  }

  @Test func statisticsForNormalisation() throws {
    let bytes = NDArray<UInt8>((0..<240).map { UInt8($0) }, shape: [10, 3, 8])
    let statistics = try source.batches(of: 256).statistics(.perChannel(axis: 1)) { x, _ in x }
    print(statistics.means, statistics.standardDeviations, statistics[0].minimum)

    let ofBytes = try bytes.statistics(.perChannel(axis: 1))
    let normalized = try RescaledBytes(bytes, normalizedBy: ofBytes)  // batches of mean 0 and standard deviation 1
    let asPublished = try RescaledBytes(bytes, means: [0.485, 0.456, 0.406], deviations: [0.229, 0.224, 0.225])
    #expect(asPublished.offsets.count == 3)
    #expect(statistics.means == [Double](repeating: 0.5, count: 28))
    #expect(try abs(normalized.converted().statistics()[0].standardDeviation - 1) < 1e-6)
  }

  @Test func progress() {
    var progress = ProgressCounter(totalCount: trainY.count, observer: TerminalProgress(label: "epoch 1"))
    for (x, y) in source.batches(of: 64) {
      train(x, y)
      progress.advance(by: y.count)
    }
    progress.finish()  // where an error is thrown instead, the counter reports that the work was given up
    #expect(progress.state == ProgressState(completedCount: 1000, totalCount: 1000, phase: .finished))
  }

  @Test func progressElsewhere() {
    final class Window {
      var shown: [Double?] = []
      func show(_ fraction: Double?) { shown.append(fraction) }
    }
    let window = Window()
    let observer = ProgressHandler { state in window.show(state.fraction) }
    var progress = ProgressCounter(totalCount: 4, observer: observer)
    progress.advance(by: 1)
    #expect(window.shown == [0, 0.25])
  }

  @Test func arrays() {
    final class Owner: Sendable { func release() {} }
    let owner = Owner()
    let elements: [Float] = [1, 2, 3, 4, 5, 6]
    elements.withUnsafeBufferPointer { buffer in
      let copied = NDArray([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])
      let borrowed = NDArray(borrowing: buffer, shape: [3, 2]) { owner.release() }
      let filled = NDArray<Float>(unsafeUninitializedShape: [3, 2]) { elements in elements.initialize(repeating: 1) }
      #expect(copied == borrowed)
      #expect(filled.scalars == [1, 1, 1, 1, 1, 1])
    }
  }
}
