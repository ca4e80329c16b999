import BatchUp
import Foundation
import TestSupport
import Testing

extension WorkerProcessTests {
  @Suite struct Ends {
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
      /// In a process of its own, since other tests have processes too meanwhile.
      @Test func nothingIsLeftOfHundredsOfPools() async {
        await #expect(processExitsWith: .success) {
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
          // A process ends a moment after its pool.
          #expect(eventually { fixtureChildren().isEmpty })
          #expect(eventually { sharedResourceCounts().sockets == before.sockets })
          #expect(eventually { sharedResourceCounts().memories == before.memories })
          held = []
          #expect(eventually { sharedResourceCounts().mappings == before.mappings })
        }
      }

      @Test(arguments: ["none", "hang", "stop", "helper", "stoppedHelper"])
      func nothingOutlivesAParentThatIsKilled(illness: String) async throws {
        let parent = try await WorkerParent(illness: illness)
        if illness.hasSuffix("elper") { #expect(eventually { parent.hasHelper }) }
        parent.process.kill()
        for worker in parent.workers { #expect(eventually { livingMembers(ofGroup: worker).isEmpty }) }
      }

      @Test func programsOfALoaderEndWithTheirWorkerEvenIfTheParentDoesNotNotice() async throws {
        let parent = try await WorkerParent(illness: "helper")
        #expect(eventually { parent.hasHelper })
        kill(parent.processID, SIGSTOP)
        for worker in parent.workers { kill(worker, SIGKILL) }
        for worker in parent.workers { #expect(eventually { livingMembers(ofGroup: worker).isEmpty }) }
      }

      /// A loader that waits for all of its programs must not wait for any other process.
      @Test func aLoaderHasNoChildrenButItsOwn() throws {
        let loader = try makePool(1).loader("childless", arguments: ["40", "3"], as: NDArray<Int32>.self)
        #expect(try loader.batch(at: [0]).scalars == [ECHILD])
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
}

private func resultOnThread(
  _ body: @escaping @Sendable () throws -> NDArray<Int32>
) async -> Result<NDArray<Int32>, any Error> {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: Result(catching: body)) }
  }
}

#if os(Linux)
  /// A process with two workers, one of which has fallen ill.
  private struct WorkerParent {
    let process: FixtureProcess
    let processID: Int32
    let workers: [Int32]

    init(illness: String) async throws {
      process = try FixtureProcess(executable: workerFixturePath, ["parent", illness])
      let numbers = await process.readLine().split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
      processID = try #require(numbers.first)
      workers = Array(numbers.dropFirst())
      #expect(workers.count == 2)
      for worker in workers { #expect(livingMembers(ofGroup: worker).contains(worker)) }
    }

    /// Whether the program that the loader starts is running.
    var hasHelper: Bool {
      workers.flatMap { livingMembers(ofGroup: $0) }.contains { systemText("/proc/\($0)/comm") == "sleep\n" }
    }
  }
#endif
