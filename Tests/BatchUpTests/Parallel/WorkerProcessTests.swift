import BatchUp
import Foundation
import Testing

private let shapes = [[40, 3], [40], [40, 2, 5], [40, 0], [40, 300]]

private func numbered<Scalar>(_ shape: [Int], _ makeScalar: (Int) -> Scalar) -> NDArray<Scalar> {
  NDArray((0..<shape.reduce(1, *)).map(makeScalar), shape: shape)
}

private func arguments(_ shape: [Int]) -> [String] { shape.map(String.init) }

/// One suite, one test after the other, since they look at the descriptors and the children of this process.
@Suite(.serialized, .timeLimit(.minutes(10))) struct WorkerProcessTests {
  // MARK: The same batches

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
        var foundPairs = pairs.batches(of: batchSize, shuffle: .seed(3)).prefetched(by: workers).makeIterator()
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
      var iterator = source.batches(of: 7, shuffle: .seed(4)).prefetched(by: WorkerPool(workerCount: 2)).makeIterator()
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
    @Test func droppedBatchesUseTheSameMemoryAgain() throws {
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
      #expect(eventually { mappingCount(of: process) == 4 })
    }

    @Test func thereIsNoMoreMemoryThanBatchesAndProcesses() throws {
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

    private func mappingCount(of process: Int32) -> Int {
      let maps = systemText("/proc/\(process)/maps")
      return maps.split(separator: "\n").count { $0.contains("memfd:batchup") }
    }
  #endif

  // MARK: Failures

  static let illnesses: [(String, WorkerProcessError.Cause)] = [
    ("kill", .signalled(signal: SIGKILL, name: "SIGKILL")), ("segv", .signalled(signal: SIGSEGV, name: "SIGSEGV")),
    ("abort", .signalled(signal: SIGABRT, name: "SIGABRT")), ("exit3", .exited(status: 3)),
    ("hang", .deadlineExceeded(.milliseconds(500))), ("stop", .deadlineExceeded(.milliseconds(500))),
  ]

  @Test(arguments: illnesses)
  func exactlyTheBatchFailsInWhichTheProcessEnds(illness: String, cause: WorkerProcessError.Cause) throws {
    for workerCount in [1, 2] {
      let pool = try makePool(workerCount, deadline: .milliseconds(500))
      let loader = try pool.loader("ill", arguments: [illness, "17"], as: NDArray<Int32>.self)
      let batches = try ArraySource(loading: loader).batches(of: 4)
      var iterator = batches.prefetched(by: WorkerPool(workerCount: workerCount)).makeIterator()
      for batch in 0..<10 {
        let expected = (batch * 4..<batch * 4 + 4).map(Int32.init)
        do throws(BatchFailure) {
          let found = try iterator.nextBatch()
          #expect(found?.scalars == expected)
          #expect(batch != 4)
        } catch {
          #expect(batch == 4 && error.batch == 4 && error.sampleIndices == [17])
          #expect(error.processError?.cause == cause)
          #expect(error.processError?.sampleIndices == [17])
          #expect(error.processError?.processID != nil)
        }
      }
      #expect(try iterator.nextBatch() == nil)
    }
  }

  @Test(arguments: illnesses)
  func thePolicyLeavesOutTheSampleThatEndsProcesses(illness: String, cause: WorkerProcessError.Cause) throws {
    let pool = try makePool(2, deadline: .milliseconds(500))
    let loader = try pool.loader("ill", arguments: [illness, "17"], as: NDArray<Int32>.self)
    let batches = try ArraySource(loading: loader).batches(of: 8)
    var iterator = batches.prefetched(by: WorkerPool(workerCount: 2), onFailure: .skipSample).makeIterator()
    var found: [Int32] = []
    while let batch = try iterator.nextBatch() { found += batch.scalars }
    #expect(found == (0..<40).filter { $0 != 17 })
    #expect(iterator.skipped.map(\.sampleIndices) == [[17]])
    #expect(iterator.skipped.first?.processError?.cause == cause)
  }

  @Test(arguments: illnesses)
  func aRetryDeliversWhatFailedOnce(illness: String, cause: WorkerProcessError.Cause) throws {
    for retries in [1, 3] {
      let marker = unusedPath()
      defer { try? FileManager.default.removeItem(atPath: marker) }
      let pool = try makePool(2, deadline: .milliseconds(500), retries: retries)
      let loader = try pool.loader("ill", arguments: [illness, "17", marker], as: NDArray<Int32>.self)
      let batches = try ArraySource(loading: loader).batches(of: 4)
      var iterator = batches.prefetched(by: WorkerPool(workerCount: 2)).makeIterator()
      var found: [Int32] = []
      while let batch = try iterator.nextBatch() { found += batch.scalars }
      #expect(found == Array(0..<40))
      #expect(FileManager.default.fileExists(atPath: marker))
    }
  }

  @Test(arguments: 0..<4)
  func retriesAreCounted(retries: Int) throws {
    let log = unusedPath()
    defer { try? FileManager.default.removeItem(atPath: log) }
    let pool = try makePool(1, retries: retries)
    let loader = try pool.loader("ill", arguments: ["counted", "17", log], as: NDArray<Int32>.self)
    let first = try #require(pool.processIDs.first)
    let error = #expect(throws: WorkerProcessError.self) { try loader.batch(at: [16, 17]) }
    #expect(try Data(contentsOf: URL(filePath: log)).count == 1 + retries)
    #expect(error?.cause == .signalled(signal: SIGKILL, name: "SIGKILL"))
    #expect(error?.sampleIndices == [16, 17])
    #expect((error?.processID == first) == (retries == 0))
    #expect(pool.processIDs.isEmpty)
    #expect(try loader.batch(at: [16]).scalars == [16])
    #expect(pool.processIDs.count == 1)
  }

  @Test func whatALoaderThrowsIsNotTriedAgainAndCostsNoProcess() throws {
    let marker = unusedPath()
    defer { try? FileManager.default.removeItem(atPath: marker) }
    let pool = try makePool(1, retries: 5)
    let before = pool.processIDs
    let once = try pool.loader("ill", arguments: ["fail", "17", marker], as: NDArray<Int32>.self)
    let error = #expect(throws: WorkerProcessError.self) { try once.batch(at: [17]) }
    #expect(error?.cause == .loader(message: "BadSample(index: 17)"))
    #expect(error?.processID == before.first && error?.sampleIndices == [17])
    #expect(try once.batch(at: [17]).scalars == [17])
    #expect(pool.processIDs == before)
  }

  @Test func loadersThatCannotBeHad() throws {
    let pool = try makePool(2, retries: 3)
    func cause(_ body: () throws -> Void) -> WorkerProcessError.Cause? {
      #expect(throws: WorkerProcessError.self, performing: body)?.cause
    }
    let unknown = cause { _ = try pool.loader("imagse", as: NDArray<Float>.self) }
    guard case .unknownLoader("imagse", let known) = unknown else {
      Issue.record("\(String(describing: unknown))")
      return
    }
    #expect(known.contains("floats") && known == known.sorted())
    let shape = ["40", "3"]
    #expect(
      cause { _ = try pool.loader("floats", arguments: shape, as: NDArray<Double>.self) }
        == .wrongBatchType(expected: "NDArray<Double>", found: "NDArray<Float>"))
    #expect(
      cause { _ = try pool.loader("pairs", arguments: shape, as: NDArray<Float>.self) }
        == .wrongBatchType(expected: "NDArray<Float>", found: "(NDArray<Float>, NDArray<Int32>)"))
    #expect(
      cause { _ = try pool.loader("pairs", arguments: shape, as: (NDArray<Float>, NDArray<UInt32>).self) }
        == .wrongBatchType(
          expected: "(NDArray<Float>, NDArray<UInt32>)", found: "(NDArray<Float>, NDArray<Int32>)"))
    #expect(
      cause { _ = try pool.loader("unmakeable", as: NDArray<Float>.self) } == .loader(message: "NoSuchSamples()"))
    let nested = cause { _ = try pool.loader("nested", arguments: shape, as: NDArray<Float>.self) }
    #expect("\(String(describing: nested))".contains("this is a worker process itself"))
    #expect(try pool.loader("floats", arguments: shape, as: NDArray<Float>.self).sampleCount == 40)
  }

  @Test func aLoaderWithOtherSamplesInAnotherProcess() throws {
    let marker = unusedPath()
    defer { try? FileManager.default.removeItem(atPath: marker) }
    let pool = try makePool()
    let loader = try pool.loader("shrinking", arguments: [marker], as: NDArray<Int32>.self)
    #expect(throws: WorkerProcessError.self) { try loader.batch(at: [1]) }
    let error = #expect(throws: WorkerProcessError.self) { try loader.batch(at: [0]) }
    #expect(error?.cause == .loader(message: "it has 1 samples now, and had 2 before"))
  }

  @Test(arguments: ["garbage", "unasked"])
  func processesThatDoNotKeepToTheProtocol(illness: String) throws {
    let pool = try makePool()
    let loader = try pool.loader("ill", arguments: [illness, "17"], as: NDArray<Int32>.self)
    let error = #expect(throws: WorkerProcessError.self) { try loader.batch(at: [17]) }
    guard case .protocolViolation = error?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try loader.batch(at: [16]).scalars == [16])
  }

  /// Writing to a closed connection raises a signal, unless one asks that it does not.
  @Test func aProcessThatDoesNotReadIsNoEndOfThisOne() throws {
    let pool = try makePool()
    let loader = try pool.loader("ill", arguments: ["deaf", "17"], as: NDArray<Int32>.self)
    let error = #expect(throws: WorkerProcessError.self) { try loader.batch(at: [17]) }
    #expect(error?.cause == .signalled(signal: SIGKILL, name: "SIGKILL"))
    #expect(try loader.batch(at: [16]).scalars == [16])
  }

  @Test func processesThatCloseTheirConnection() throws {
    let pool = try makePool()
    let loader = try pool.loader("ill", arguments: ["closed", "17"], as: NDArray<Int32>.self)
    #expect(throws: WorkerProcessError.self) { try loader.batch(at: [17]) }
    #expect(try loader.batch(at: [16]).scalars == [16])
  }

  @Test func processesThatCannotBeStarted() throws {
    func cause(_ executable: String, _ deadline: Duration = .seconds(60)) -> String? {
      let error = #expect(throws: WorkerProcessError.self) {
        let pool = try WorkerProcessPool(workerCount: 2, startDeadline: deadline, retries: 2, executable: executable)
        _ = try pool.loader("floats", as: NDArray<Float>.self)
      }
      guard case .couldNotStart(let reason) = error?.cause else { return nil }
      return reason
    }
    #expect(cause("/no/such/file") == "/no/such/file: No such file or directory")
    #expect(cause("/bin/true") == "exited with status 0 before WorkerProcess.serve was called")
    #expect(cause("/bin/false") == "exited with status 1 before WorkerProcess.serve was called")
    let quiet = unusedPath()
    defer { try? FileManager.default.removeItem(atPath: quiet) }
    try Data("#!/bin/sh\nexec sleep 1000\n".utf8).write(to: URL(filePath: quiet))
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: quiet)
    #expect(
      cause(quiet, .milliseconds(300))
        == "no answer within 0.3 seconds, killed before WorkerProcess.serve was called")
  }

  @Test func aProcessThatEndsBetweenTwoBatchesCostsNone() throws {
    let pool = try makePool(2)
    let loader = try pool.loader("floats", arguments: ["40", "3"], as: NDArray<Float>.self)
    for i in 0..<10 {
      for process in pool.processIDs {
        kill(process, SIGKILL)
        // Until all of its threads have ended, and its connection is closed; the pool still finds its status.
        var end = siginfo_t()
        #expect(waitid(P_PID, id_t(process), &end, WEXITED | WNOWAIT) == 0)
      }
      #expect(try loader.batch(at: [i]).scalars == [Float(3 * i), Float(3 * i + 1), Float(3 * i + 2)])
    }
  }

  // MARK: End

  @Test func aClosedPoolFailsWithThatAndItsBatchesStay() throws {
    let pool = try makePool(2)
    let loader = try pool.loader("floats", arguments: ["40", "3"], as: NDArray<Float>.self)
    let batch = try loader.batch(at: [1])
    pool.close()
    pool.close()
    #expect(pool.processIDs.isEmpty)
    #expect(throws: WorkerProcessError.self) { try loader.batch(at: [1]) }
    #expect(throws: WorkerProcessError.self) { try pool.loader("floats", as: NDArray<Float>.self) }
    #expect(batch.scalars == [3, 4, 5])
  }

  @Test func closingEndsALoaderThatHangs() async throws {
    let pool = try makePool(1, retries: 3)
    let loader = try pool.loader("ill", arguments: ["hang", "17"], as: NDArray<Int32>.self)
    let marker = unusedPath()
    defer { try? FileManager.default.removeItem(atPath: marker) }
    let ill = try pool.loader("ill", arguments: ["hang", "17", marker], as: NDArray<Int32>.self)
    async let hanging = resultOnThread { try ill.batch(at: [17]) }
    #expect(eventually { FileManager.default.fileExists(atPath: marker) })
    // There is one process only, so this waits for it.
    async let waiting = resultOnThread { try loader.batch(at: [16]) }
    pool.close()
    for result in [await hanging, await waiting] {
      let error = #expect(throws: WorkerProcessError.self) { try result.get() }
      #expect(error?.cause == .poolClosed)
    }
    #expect(pool.processIDs.isEmpty)
  }

  #if os(Linux)
    @Test func nothingIsLeftOfHundredsOfPools() throws {
      let before = sharedResourceCounts()
      var held: [NDArray<Float>] = []
      for i in 0..<300 {
        let pool = try makePool(1 + i % 3)
        if i % 10 == 0 { continue }
        let loader = try pool.loader("floats", arguments: ["40", "3"], as: NDArray<Float>.self)
        for _ in 0..<i % 4 { held.append(try loader.batch(at: [i % 40, 1])) }
        if i % 7 == 0 {
          let ill = try pool.loader("ill", arguments: ["exit3", "17"], as: NDArray<Int32>.self)
          #expect(throws: WorkerProcessError.self) { try ill.batch(at: [17]) }
        }
        if i % 5 == 0 { pool.close() }
        if held.count > 20 { held = [] }
      }
      #expect(fixtureChildren().isEmpty)
      #expect(sharedResourceCounts().sockets == before.sockets)
      #expect(sharedResourceCounts().memories == before.memories)
      held = []
      #expect(sharedResourceCounts().mappings == before.mappings)
    }

    @Test(arguments: ["none", "hang", "stop"])
    func noProcessOutlivesAParentThatIsKilled(illness: String) throws {
      let parent = Process()
      parent.executableURL = URL(filePath: workerFixturePath)
      parent.arguments = ["parent", illness]
      let output = Pipe()
      parent.standardOutput = output
      try parent.run()
      var line = Data()
      while !line.contains(UInt8(ascii: "\n")) {
        let more = output.fileHandleForReading.availableData
        if more.isEmpty { break }
        line += more
      }
      let workers = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
      #expect(workers.count == 2)
      for worker in workers { #expect(livingMembers(ofGroup: worker).contains(worker)) }
      kill(parent.processIdentifier, SIGKILL)
      parent.waitUntilExit()
      for worker in workers { #expect(eventually { !livingMembers(ofGroup: worker).contains(worker) }) }
    }

    @Test func theDeadlineEndsWhatTheLoaderHasStarted() throws {
      let pool = try makePool(1, deadline: .milliseconds(500))
      let loader = try pool.loader("ill", arguments: ["helper", "17"], as: NDArray<Int32>.self)
      let process = try #require(pool.processIDs.first)
      #expect(throws: WorkerProcessError.self) { try loader.batch(at: [17]) }
      #expect(eventually { livingMembers(ofGroup: process).isEmpty })
    }

    @Test func workersHaveNoDescriptorsOfOthers() throws {
      let pool = try makePool(4)
      _ = try pool.loader("floats", arguments: ["40", "3"], as: NDArray<Float>.self).batch(at: [1, 0])
      for process in pool.processIDs {
        #expect(
          eventually {
            let folder = "/proc/\(process)/fd"
            let links = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap {
              try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
            }
            return links.count { $0.hasPrefix("socket:") } == 1 && links.contains("/dev/null")
              && !links.contains { $0.contains("memfd:") }
          })
      }
    }
  #endif
}

private func resultOnThread(
  _ body: @escaping @Sendable () throws -> NDArray<Int32>
) async -> Result<NDArray<Int32>, any Error> {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: Result(catching: body)) }
  }
}

extension BatchFailure {
  fileprivate var processError: WorkerProcessError? {
    if case .thrown(let error) = cause { error as? WorkerProcessError } else { nil }
  }
}
