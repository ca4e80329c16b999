// The code of README.md, compiled. `ReadmeTests` checks that each of its blocks stands here.
import BatchUp
import BatchUpFiles
import Testing

private let testX = NDArray<Float>(repeating: 0.25, shape: [10, 28, 28])
private func train(_ x: NDArray<Float>, _ y: NDArray<Int32>) {}
private func train(_ x: NDArray<UInt8>, _ y: NDArray<Int32>) {}
private func model(_ x: NDArray<Float>) -> NDArray<Float> { NDArray(repeating: 1, shape: [x.sampleCount, 10]) }
private func lossSum(_ x: NDArray<Float>, _ y: NDArray<Int32>) -> Double { Double(y.count) }
private func errorCount(_ x: NDArray<Float>, _ y: NDArray<Int32>) -> Int { 0 }
private func flipped(_ x: NDArray<Float>) -> NDArray<Float> { x }

private struct ImageError: Error {}
private func loadImages(_ paths: [String]) throws(ImageError) -> NDArray<UInt8> {
  NDArray(repeating: 1, shape: [paths.count, 3, 32, 32])
}

private struct ImageFolder: SampleLoader {
  let paths: [String]
  var sampleCount: Int { paths.count }

  func batch(at indices: BatchIndices) throws(ImageError) -> NDArray<UInt8> {
    try loadImages(indices.map { paths[$0] })
  }
}

@Suite struct Examples {
  @Test func firstScreen() throws {
    let trainX = NDArray<Float>(repeating: 0.5, shape: [1000, 28, 28])
    let trainY = NDArray<Int32>(repeating: 7, shape: [1000])
    let source = try ArraySource(trainX, trainY)

    for epoch in 0..<10 {
      for (x, y) in source.batches(of: 64, shuffle: .seed(12345, epoch: epoch)) {
        train(x, y)  // x: NDArray<Float> of shape (64, 28, 28), y: NDArray<Int32> of shape (64)
      }
    }

    let predictions = try ArraySource(testX).batches(of: 256).concatenated { x in model(x) }
    let (loss, errorRate) = try source.batches(of: 256).mean { x, y in (lossSum(x, y), errorCount(x, y)) }
    #expect(predictions.shape == [10, 10])
    #expect((loss, errorRate) == (1, 0))
  }

  @Test func orders() throws {
    let source = try ArraySource(testX, NDArray<Int32>(repeating: 7, shape: [10]))
    for (x, y) in source.batches(of: 64) { train(x, y) }
    for (x, y) in source.batches(of: 64, remainder: .drop) { train(x, y) }

    for (x, y) in source.batches(of: 64, shuffle: .random) { train(x, y) }
    for (x, y) in source.batches(of: 64, shuffle: .seed(12345, epoch: 3)) { train(x, y) }

    var generator = SeededGenerator(seed: 12345)
    for (x, y) in source.batches(of: 64, shuffledUsing: &generator) { train(x, y) }

    for (indices, (x, y)) in source.indexed().batches(of: 64) { print(indices.count, x.shape, y.shape) }

    let augmented = source.map { x, y in (flipped(x), y) }
    for (x, y) in augmented.batches(of: 64, shuffle: .random) { train(x, y) }
  }

  @Test func subsetsAndRepeats() throws {
    let trainX = NDArray<Float>(repeating: 0.5, shape: [100, 2])
    let trainY = NDArray<Int32>(repeating: 7, shape: [100])
    let subset = try ArraySource(trainX, trainY, indices: [3, 14, 15, 92, 65])
    let thrice = try ArraySource(trainX, trainY, repeats: .times(3))
    let endless = try ArraySource(trainX, trainY, repeats: .forever)
    for (x, y) in endless.batches(of: 64, shuffle: .random).prefix(100) { train(x, y) }
    #expect(subset.sampleCount == .finite(5))
    #expect(thrice.sampleCount == .finite(300))
  }

  @Test func files() {
    #expect(throws: IDXError.self) {
      let images = try NDArray<UInt8>(idxFile: "train-images-idx3-ubyte.gz")
      let labels = try NDArray<UInt8>(idxFile: "train-labels-idx1-ubyte.gz")
      let digits = try ArraySource(RescaledBytes(images), labels)
      _ = digits
    }
  }

  @Test func loaders() throws {
    let paths = ["a.png", "b.png"]
    let trainY = NDArray<Int32>([0, 1])
    let onDisk = try ArraySource(loading: ImageFolder(paths: paths), trainY)
    var iterator = onDisk.batches(of: 64).makeIterator()
    while let (x, y) = try iterator.nextBatch() { train(x, y) }
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
