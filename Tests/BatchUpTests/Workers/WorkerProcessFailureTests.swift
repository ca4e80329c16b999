import BatchUp
import Foundation
import TestSupport
import Testing

extension WorkerProcessTests {
  @Suite struct Failures {
    /// What a sample does to its process, and what is said of that.
    struct Illness: CustomTestStringConvertible {
      let name: String
      /// Nil where only a deadline ends it.
      let cause: WorkerProcessError.Cause?
      var testDescription: String { name }

      static let all = [
        Illness(name: "kill", cause: .signalled(signal: SIGKILL, name: "SIGKILL")),
        Illness(name: "segv", cause: .signalled(signal: SIGSEGV, name: "SIGSEGV")),
        Illness(name: "abort", cause: .signalled(signal: SIGABRT, name: "SIGABRT")),
        Illness(name: "exit3", cause: .exited(status: 3)), Illness(name: "hang", cause: nil),
        Illness(name: "stop", cause: nil),
      ]

      /// What is found with a deadline, where one is needed: with more time where what was expected was not found, as
      /// when a process that is well did not have its turn for so long.
      func expect<Found: Equatable>(
        _ expected: (WorkerProcessError.Cause) -> Found, _ find: (_ deadline: Duration?) throws -> Found
      ) throws {
        if let cause { return #expect(try find(nil) == expected(cause)) }
        for deadline in [Duration.milliseconds(500), .seconds(4)] {
          if try find(deadline) == expected(.deadlineExceeded(deadline)) { return }
        }
        #expect(try find(.seconds(32)) == expected(.deadlineExceeded(.seconds(32))))
      }
    }

    /// What an iteration delivers, or why not.
    private enum Outcome: Equatable {
      case batch([Int32])
      case failure(batch: Int, [[Int]], WorkerProcessError.Cause?)

      init(_ failure: BatchFailure) {
        let error = failure.processError
        self = .failure(
          batch: failure.batch, [failure.sampleIndices, error?.sampleIndices ?? []],
          error?.processID == nil ? nil : error?.cause)
      }
    }

    private func outcomes(
      _ illness: [String], batchSize: Int, workerCount: Int, deadline: Duration?, retries: Int = 0,
      onFailure: FailurePolicy = .stop
    ) throws -> (delivered: [Outcome], skipped: [Outcome]) {
      let pool = try makePool(workerCount, deadline: deadline, retries: retries)
      let loader = try pool.loader("ill", arguments: illness, as: NDArray<Int32>.self)
      let batches = try ArraySource(loading: loader).batches(of: batchSize)
      var iterator = batches.prefetched(by: WorkerPool(workerCount: workerCount), onFailure: onFailure).makeIterator()
      var outcomes: [Outcome] = []
      while true {
        do throws(BatchFailure) {
          guard let batch = try iterator.nextBatch() else { break }
          outcomes.append(.batch(batch.scalars))
        } catch {
          outcomes.append(Outcome(error))
        }
      }
      return (outcomes, iterator.skipped.map(Outcome.init))
    }

    /// Batches without the samples that are left out.
    private func batches(of size: Int, without sample: Int? = nil) -> [Outcome] {
      stride(from: 0, to: 40, by: size).map { start in
        .batch((start..<start + size).filter { $0 != sample }.map(Int32.init))
      }
    }

    @Test(arguments: Illness.all)
    func exactlyTheBatchFailsInWhichTheProcessEnds(illness: Illness) throws {
      for workerCount in [1, 2] {
        try illness.expect { cause in
          var expected = batches(of: 4)
          expected[4] = .failure(batch: 4, [[17], [17]], cause)
          return expected
        } _: { deadline in
          try outcomes([illness.name, "17"], batchSize: 4, workerCount: workerCount, deadline: deadline).delivered
        }
      }
    }

    @Test(arguments: Illness.all)
    func thePolicyLeavesOutTheSampleThatEndsProcesses(illness: Illness) throws {
      try illness.expect { cause in
        [batches(of: 8, without: 17), [.failure(batch: 2, [[17], [17]], cause)]]
      } _: { deadline in
        let (delivered, skipped) = try outcomes(
          [illness.name, "17"], batchSize: 8, workerCount: 2, deadline: deadline, onFailure: .skipSample)
        return [delivered, skipped]
      }
    }

    @Test(arguments: Illness.all)
    func aRetryDeliversWhatFailedOnce(illness: Illness) throws {
      for retries in [1, 3] {
        try illness.expect { _ in
          batches(of: 4)
        } _: { deadline in
          let marker = unusedPath()
          defer { try? FileManager.default.removeItem(atPath: marker) }
          let found = try outcomes(
            [illness.name, "17", marker], batchSize: 4, workerCount: 2, deadline: deadline, retries: retries)
          let wasIll = FileManager.default.fileExists(atPath: marker)
          return wasIll ? found.delivered : []
        }
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
      let end = "before WorkerProcess.serve was called, in the last of 3 tries"
      #expect(cause("/bin/true") == "exited with status 0 \(end)")
      #expect(cause("/bin/false") == "exited with status 1 \(end)")
      try withScript("exec sleep 1000") { quiet in
        #expect(cause(quiet, .milliseconds(300)) == "no answer within 0.3 seconds, killed \(end)")
      }
    }

    /// An executable that falls ill while it starts, a few times, and is a worker from then on.
    @Test(arguments: 0...3, [0, 1, 3])
    func retriesCoverProcessesThatEndWhileTheyStart(deathCount: Int, retries: Int) throws {
      let log = unusedPath()
      defer { try? FileManager.default.removeItem(atPath: log) }
      try Data().write(to: URL(filePath: log))
      let script = """
        if [ "$(wc -c <'\(log)')" -lt \(deathCount) ]; then
          printf x >>'\(log)'
          kill -KILL $$
        fi
        exec '\(workerFixturePath)' "$@"
        """
      try withScript(script) { executable in
        // The pool starts a process at once, and another one for each try that has failed.
        let pool = try WorkerProcessPool(workerCount: 1, retries: retries, executable: executable)
        if deathCount > 0 { waitForEnd(of: pool.processIDs) }
        let load = {
          try pool.loader("floats", arguments: ["40", "3"], as: NDArray<Float>.self).batch(at: [1, 2]).scalars
        }
        // The first one ends before it is needed, which costs no try.
        if deathCount <= retries + 1 {
          #expect(try load() == [3, 4, 5, 6, 7, 8])
        } else {
          let error = #expect(throws: WorkerProcessError.self) { try load() }
          let tries = retries == 0 ? "" : ", in the last of \(retries + 1) tries"
          #expect(
            error?.cause
              == .couldNotStart(
                reason: "ended by signal 9 (SIGKILL) before WorkerProcess.serve was called\(tries)"))
        }
      }
    }

    /// Killed at any moment, also while they start: with as many retries as there are signals, every batch arrives.
    @Test func killedAtAnyMoment() throws {
      let killCount = 60
      let pool = try makePool(2, retries: killCount)
      let killer = Thread { kill(killCount, processesOf: pool) }
      killer.start()
      defer { killer.cancel() }
      let loader = try pool.loader("floats", arguments: ["40", "3"], as: NDArray<Float>.self)
      var i = 0
      while !killer.isFinished {
        #expect(try loader.batch(at: [i]).scalars == [Float(3 * i), Float(3 * i + 1), Float(3 * i + 2)])
        i = (i + 1) % 40
      }
    }

    @Test func aProcessThatEndsBetweenTwoBatchesCostsNone() throws {
      let pool = try makePool(2)
      let loader = try pool.loader("floats", arguments: ["40", "3"], as: NDArray<Float>.self)
      for i in 0..<10 {
        for process in pool.processIDs {
          kill(process, SIGKILL)
        }
        waitForEnd(of: pool.processIDs)
        #expect(try loader.batch(at: [i]).scalars == [Float(3 * i), Float(3 * i + 1), Float(3 * i + 2)])
      }
    }
  }
}

extension BatchFailure {
  fileprivate var processError: WorkerProcessError? {
    if case .thrown(let error) = cause { error as? WorkerProcessError } else { nil }
  }
}

/// Waits until all threads of the processes have ended, and their connections are closed; the pool still finds their
/// status.
private func waitForEnd(of processes: [Int32]) {
  for process in processes {
    var end = siginfo_t()
    #expect(waitid(P_PID, id_t(process), &end, WEXITED | WNOWAIT) == 0)
  }
}

/// Calls `body` with the path of an executable that runs these lines.
private func withScript(_ lines: String, _ body: (String) throws -> Void) throws {
  let path = unusedPath()
  defer { try? FileManager.default.removeItem(atPath: path) }
  try Data("#!/bin/sh\n\(lines)\n".utf8).write(to: URL(filePath: path))
  try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
  try body(path)
}

/// Kills `count` processes of a pool, each once: half of them when they have just been started, the others later.
private func kill(_ count: Int, processesOf pool: WorkerProcessPool) {
  var generator = SeededGenerator(seed: 11)
  var seen: Set<Int32> = []
  var killedCount = 0
  while killedCount < count, !Thread.current.isCancelled {
    for process in pool.processIDs where seen.insert(process).inserted {
      if Bool.random(using: &generator) { for _ in 0..<Int.random(in: 0..<50, using: &generator) { letOthersRun() } }
      // The number is still that of the process: the pool replaces none that has not been killed.
      kill(process, SIGKILL)
      killedCount += 1
    }
    letOthersRun()
  }
}
