#if MPI
  import BatchUp
  import BatchUpMPI

  /// The example of the README, compiled as it stands there.
  func readmeExample(
    _ source: ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>,
    validation: ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>,
    test: ArraySource<NDArray<Float>, StandardSampler, Never>, model: ReadmeModel
  ) throws {
    func lossSum(_ x: NDArray<Float>, _ y: NDArray<Int32>) -> Double { 0 }

    try MPIWorld.run { world in
      let seed = try world.broadcast(UInt64.random(in: 0 ... .max))
      for (x, y) in source.sharded(over: world, end: .drop).batches(of: 256, shuffle: .seed(seed)) {
        var gradients = model.gradients(x, y)  // [Float], of 256 / world.size samples
        try world.sum(&gradients)  // the same bits on all ranks
        model.descend(gradients)
      }
      let batches = validation.dealt(over: world).batches(of: 256)  // whole batches, of which each rank takes its share
      let loss = try world.mean(of: batches) { x, y in lossSum(x, y) }
      let errorRate = try world.evaluate(batches, ErrorRate()) { x, y in (model(x), y) }
      try test.predict(batchSize: 256, into: .npy("scores.npy"), over: world) { x in model(x) }
      if world.rank == 0 { print(loss, errorRate) }
    }
  }

  struct ReadmeModel {
    func callAsFunction(_ x: NDArray<Float>) -> NDArray<Float> { x }
    func gradients(_ x: NDArray<Float>, _ y: NDArray<Int32>) -> [Float] { [] }
    func descend(_ gradients: [Float]) {}
  }
#endif
