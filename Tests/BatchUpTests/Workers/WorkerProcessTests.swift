import BatchUp
import Foundation
import TestSupport
import Testing

private let shapes = [[40, 3], [40], [40, 2, 5], [40, 0], [40, 300]]

private func numbered<Scalar>(_ shape: [Int], _ makeScalar: (Int) -> Scalar) -> NDArray<Scalar> {
  NDArray((0..<shape.reduce(1, *)).map(makeScalar), shape: shape)
}

private func arguments(_ shape: [Int]) -> [String] { shape.map(String.init) }

/// One after the other, since they look at the descriptors and the children of this process.
@Suite(.serialized, .timeLimit(.minutes(10))) enum WorkerProcessTests {}

extension WorkerProcessTests {
  @Suite struct Batches {
    @Test(arguments: [1, 2, 4])
    func theBatchesAreThoseOfTheLoaderInThisProcess(workerCount: Int) throws {
      let pool = try makePool(workerCount)
      let workers = WorkerPool(workerCount: workerCount)
      for shape in shapes {
        let floats = numbered(shape, Float.init)
        let bytes = numbered(shape) { UInt8(truncatingIfNeeded: $0) }
        let labels = NDArray((0..<shape[0]).map(Int32.init))
        let text = arguments(shape)
        let here = try ArraySource(
          loading: floats, bytes, numbered(shape, Double.init), RescaledBytes(bytes), floats)
        let there = try ArraySource(
          loading: pool.loader("floats", arguments: text, as: NDArray<Float>.self),
          pool.loader("bytes", arguments: text, as: NDArray<UInt8>.self),
          pool.loader("doubles", arguments: text, as: NDArray<Double>.self),
          pool.loader("rescaled", arguments: text, as: NDArray<Float>.self),
          pool.loader("ownMemory", arguments: text, as: NDArray<Float>.self))
        let pairs = try ArraySource(
          loading: pool.loader("pairs", arguments: text, as: (NDArray<Float>, NDArray<Int32>).self))
        for batchSize in [1, 7, 40, 41] {
          var expected = here.batches(of: batchSize, shuffle: .seed(3)).makeIterator()
          var found = there.batches(of: batchSize, shuffle: .seed(3)).prefetched(by: workers).makeIterator()
          var foundPairs = pairs.batches(of: batchSize, shuffle: .seed(3)).prefetched(by: workers, buffering: .max)
            .makeIterator()
          while let batch = try expected.nextBatch() {
            let other = try #require(try found.nextBatch())
            #expect(batch.0 == other.0 && batch.1 == other.1 && batch.2 == other.2 && batch.3 == other.3)
            #expect(batch.4 == other.4)
            let pair = try #require(try foundPairs.nextBatch())
            #expect(pair.0 == batch.0)
            #expect(pair.0.sampleCount == pair.1.sampleCount)
            for i in 0..<pair.1.count { #expect(pair.0[row: i] == floats[row: Int(labels[Int(pair.1[i])])]) }
            #expect(address(of: other.0) % 64 == 0 && address(of: pair.1) % 64 == 0)
          }
          #expect(try found.nextBatch() == nil)
          #expect(try foundPairs.nextBatch() == nil)
        }
      }
    }

    @Test func allKindsOfIndicesAndEmptyBatches() throws {
      let pool = try makePool()
      let x = numbered([40, 3]) { UInt8(truncatingIfNeeded: $0) }
      let loader = try pool.loader(
        "triples", arguments: ["40", "3"], as: (NDArray<UInt8>, NDArray<UInt64>, NDArray<Double>).self)
      #expect(loader.sampleCount == 40)
      #expect(loader.hasSampleAxis)
      let lists: [BatchIndices] = [[], [0], [39], [5, 5, 5], [3, 2, 1], BatchIndices(4..<9), BatchIndices(40..<40)]
      for indices in lists {
        let (bytes, numbers, empty) = try loader.batch(at: indices)
        #expect(bytes == x.batch(at: indices))
        #expect(numbers == NDArray(indices.map(UInt64.init)))
        #expect(empty.shape == [indices.count, 0])
      }
      let scalars = try pool.loader("floats", arguments: [], as: NDArray<Float>.self)
      #expect(!scalars.hasSampleAxis)
    }

    @Test func thousandsOfIndicesFillTheSocketManyTimes() throws {
      let pool = try makePool()
      let loader = try pool.loader("bytes", arguments: ["40", "1"], as: NDArray<UInt8>.self)
      let indices = BatchIndices((0..<1_000_000).map { $0 * 7 % 40 })
      #expect(try loader.batch(at: indices).scalars == indices.map { UInt8($0) })
    }

    @Test func batchesThatGrowAndShrink() throws {
      let pool = try makePool()
      let loader = try pool.loader("growing", arguments: ["100000"], as: NDArray<Int32>.self)
      var held: [(Int, NDArray<Int32>)] = []
      for columns in [0, 1, 17, 5_000, 2, 99_999, 0, 300, 100_000 - 1, 1] {
        held.append((columns, try loader.batch(at: [columns, 7, 7])))
      }
      for (columns, batch) in held {
        #expect(batch.shape == [3, columns])
        if columns > 0 { #expect(batch[0, columns - 1] == Int32(columns) && batch[2, 0] == 7) }
      }
    }

    // MARK: Memory

    @Test func heldBatchesStayAsTheyAre() throws {
      let x = numbered([40, 300], Float.init)
      for held in [1, 2, 5, 60] {
        let pool = try makePool(2)
        let loader = try pool.loader("floats", arguments: ["40", "300"], as: NDArray<Float>.self)
        let source = try ArraySource(loading: loader, repeats: .times(10)).indexed()
        var kept: [(indices: BatchIndices, samples: NDArray<Float>)] = []
        var iterator = source.batches(of: 7, shuffle: .seed(4)).prefetched(by: WorkerPool(workerCount: 2))
          .makeIterator()
        while let batch = try iterator.nextBatch() {
          kept.append(batch)
          if kept.count > held { kept.removeFirst() }
          for (indices, batch) in kept { #expect(batch == x.batch(at: indices)) }
        }
        pool.close()
        for (indices, batch) in kept { #expect(batch == x.batch(at: indices)) }
      }
    }

    @Test func aBatchCanBeChangedByItsReceiver() throws {
      let pool = try makePool()
      let loader = try pool.loader("floats", arguments: ["40", "3"], as: NDArray<Float>.self)
      var batch = try loader.batch(at: [1, 0])
      let same = batch
      batch[0, 0] = -1
      #expect(batch[0, 0] == -1 && same[0, 0] == 3)
    }

    @Test func loadersMayKeepTheirBatches() throws {
      let pool = try makePool()
      let x = numbered([40, 50], Float.init)
      let loader = try pool.loader("keeping", arguments: ["40", "50"], as: NDArray<Float>.self)
      var kept: [(BatchIndices, NDArray<Float>)] = []
      for i in 0..<30 {
        let indices: BatchIndices = [i, 39 - i, 20]
        let batch = try loader.batch(at: indices)
        if i % 3 == 0 { kept.append((indices, batch)) }
        for (indices, batch) in kept { #expect(batch == x.batch(at: indices)) }
      }
    }

    #if os(Linux)
      /// In a process of its own, whose memory other tests do not share meanwhile.
      @Test func droppedBatchesUseTheSameMemoryAgain() async {
        await #expect(processExitsWith: .success) {
          let pool = try makePool()
          let loader = try pool.loader("floats", arguments: ["40", "300"], as: NDArray<Float>.self)
          _ = try loader.batch(at: [1, 0])
          var addresses: Set<UInt> = []
          for i in 0..<30 { addresses.insert(address(of: try loader.batch(at: [i, 3]))) }
          #expect(addresses.count == 1)
          var held: [NDArray<Float>] = []
          for i in 0..<30 { held.append(try loader.batch(at: [i, 3])) }
          #expect(Set(held.map(address)).count == 30)
          #expect(sharedMappings().count == 30)
          held = []
          #expect(sharedMappings().count == 4)
          let process = try #require(pool.processIDs.first)
          #expect(eventually { sharedMappings(of: "\(process)").count == 4 })
        }
      }

      /// In a process of its own, whose memory other tests do not share meanwhile.
      @Test func thereIsNoMoreMemoryThanBatchesAndProcesses() async {
        await #expect(processExitsWith: .success) {
          let pool = try makePool(2)
          let loader = try pool.loader("floats", arguments: ["40", "300"], as: NDArray<Float>.self)
          let source = try ArraySource(loading: loader, repeats: .times(30))
          let workers = WorkerPool(workerCount: 2)
          var iterator = source.batches(of: 4, shuffle: .seed(1)).prefetched(by: workers, buffering: 5).makeIterator()
          while let batch = try iterator.nextBatch() {
            // In use are those that are buffered, the one here, and for each process one in the making. Spare are as many
            // as those, or four for each process; most where one process has all that are in use.
            #expect(sharedMappings().count <= (5 + 1 + 2) + (5 + 1 + 2) + 4)
            #expect(sharedResourceCounts().memories <= 2)
            withExtendedLifetime(batch) {}
          }
          iterator.close()
          #expect(sharedMappings().count <= 2 * 4)
        }
      }

      @Test func aBatchIsWhereTheLoaderHasMadeIt() throws {
        let pool = try makePool()
        let loader = try pool.loader("places", arguments: ["40", "100"], as: NDArray<Int>.self)
        #expect(try loader.batch(at: [5, 3])[0, 0] == -1)
        for _ in 0..<5 {
          let batch = try loader.batch(at: [5, 3])
          let mapping = try #require(sharedMappings().first { $0.contains(address(of: batch)) })
          #expect(batch[0, 0] == Int(address(of: batch) - mapping.lowerBound))
        }
      }
    #endif
  }
}
