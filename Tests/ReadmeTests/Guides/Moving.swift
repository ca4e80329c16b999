import BatchUp
import Testing

// Of the guides for those who come from other libraries.
extension GuideExamples {
  @Test func fromPython() throws {
    let subsetA = (0..<trainX.sampleCount).shuffled().prefix(200)
    let someSamples = try ArraySource(trainX, trainY, indices: subsetA)
    for (x, y) in someSamples.batches(of: 64, shuffle: .seed(12345)) { train(x, y) }
    #expect(someSamples.sampleCount == .finite(200))

    for (indices, x, y) in source.indexed().flattened().batches(of: 64, shuffle: .seed(12345)) {
      print(indices.count, x.shape, y.shape)
    }

    let unlabelledX = NDArray<Float>(repeating: 0.75, shape: [1500, 28, 28])
    let labelled = try ArraySource(trainX, trainY, repeats: .forever)
    let unlabelled = try ArraySource(unlabelledX)
    var labelledBatches = labelled.batches(of: 64, shuffle: .random).makeIterator()
    for u in unlabelled.batches(of: 64, shuffle: .random) {
      guard let (x, y) = labelledBatches.next() else { break }
      print(x.shape, y.shape, u.shape)
    }

    let predictions = try ArraySource(testX).predict(batchSize: 256) { x in model(x) }
    let bar = TerminalProgress(label: "predicting")
    let again = try ArraySource(testX).predict(batchSize: 256, progress: bar) { x in model(x) }
    #expect(again == predictions)
  }

  @Test func augmentationAsInPython() throws {
    let images = NDArray<Float>((0..<400).map { Float($0 % 2) }, shape: [100, 2, 2])
    let source = try ArraySource(images, trainY[rows: 0..<100])
    let randomlyFlipped = source.map(random: { generators, x, y in
      var flipped = x
      let width = x.rowShape[1]
      flipped.withUnsafeMutableBufferPointer { elements in
        for i in 0..<x.sampleCount {
          var generator = generators[i]
          guard Bool.random(using: &generator) else { continue }
          let start = i * x.rowLength
          for line in stride(from: start, to: start + x.rowLength, by: width) {
            elements[line..<line + width].reverse()
          }
        }
      }
      return (flipped, y)
    })
    for (x, y) in randomlyFlipped.batches(of: 64, shuffle: .seed(12345)) { train(x, y) }
    var flippedCount = 0
    for (x, _) in randomlyFlipped.batches(of: 64, shuffle: .seed(12345)) {
      for i in 0..<x.sampleCount where x[i, 0, 0] == 1 {
        #expect((x[i, 0, 1], x[i, 1, 0], x[i, 1, 1]) == (0, 1, 0))
        flippedCount += 1
      }
    }
    #expect((20...80).contains(flippedCount))
    #expect(images[0, 0, 0] == 0 && images[99, 1, 1] == 1)
  }

  @Test func fromPyTorch() async throws {
    let pool = WorkerPool(workerCount: 2)
    let source = try ArraySource(trainX, trainY)
    for epoch in 0..<10 {
      for (x, y) in source.batches(of: 64, shuffle: .seed(12345, epoch: epoch)) { train(x, y) }
    }

    let jittered = source.map(random: { generators, x, y in (brightened(x, by: generators), y) })
    for (x, y) in jittered.batches(of: 64, shuffle: .seed(12345)).prefetched(by: pool) { train(x, y) }

    let paths = ["a.wav", "b.wav"]
    let trainY = NDArray<Int32>([0, 1])
    let onDisk = try ArraySource(loading: Recordings(paths: paths), trainY)
    for try await (x, y) in onDisk.batches(of: 64).prefetched(by: pool).async { train(x, y) }
  }
}
