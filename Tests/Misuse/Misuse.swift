import BatchUp

// `scripts/test-misuse.sh` checks that the compiler refuses the lines that say so, and only those.

func weightedSamplesHaveNoOrder(_ source: ArraySource<NDArray<Float>, WeightedSampler, Never>) throws {
  _ = source.batches(of: 64, shuffle: .seed(1))
  _ = source.batches(of: 64)  // refused
  _ = source.map { $0 }.batches(of: 64)  // refused
  _ = source.indexed().batches(of: 64)  // refused
  _ = source.erased().batches(of: 64)  // refused
  _ = zip(source, source).batches(of: 64)  // refused
  _ = [source].concatenated().batches(of: 64)  // refused
  _ = source.filter { $0 > 0 }  // refused
  _ = try source.split(.counts([1]), shuffle: .seed(1))  // refused
}

func batchesThatMayFailAreNoSequence(_ source: ArraySource<NDArray<Float>, StandardSampler, any Error>) throws {
  var iterator = source.batches(of: 64).makeIterator()
  while (try iterator.nextBatch()) != nil {}
  for _ in source.batches(of: 64) {}  // refused
  _ = iterator.nextBatch()  // refused
}

func closuresThatMayFailNeedASourceThatMay(_ source: ArraySource<NDArray<Float>, StandardSampler, Never>) {
  struct Unusable: Error {}
  _ = source.failable().map { _ throws -> Int in throw Unusable() }
  _ = source.map { _ throws(Unusable) -> Int in throw Unusable() }  // refused
}

func membersOfAChoiceHaveTheSameBatches(
  _ images: ArraySource<NDArray<Float>, StandardSampler, Never>, _ texts: ArraySource<[String], StandardSampler, Never>
) {
  _ = ChoiceSource([images.map { $0.sampleCount }, images.map { $0.count }])
  _ = ChoiceSource([images.map { $0.sampleCount }.erased(), texts.map { $0.count }.erased()])
  _ = ChoiceSource([images, texts])  // refused
}
