import BatchUp
import Foundation
import Testing

extension WorkerProcessTests {
  @Suite struct Failures {
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
  }
}

extension BatchFailure {
  fileprivate var processError: WorkerProcessError? {
    if case .thrown(let error) = cause { error as? WorkerProcessError } else { nil }
  }
}
