import BatchUp
import Foundation
import TestSupport

/// The executable that workers run in tests.
let workerFixturePath = builtExecutable(named: "WorkerFixture")

func makePool(
  _ workerCount: Int = 1, deadline: Duration? = nil, startDeadline: Duration? = .seconds(60), retries: Int = 0
) throws -> WorkerProcessPool {
  try WorkerProcessPool(
    workerCount: workerCount, deadline: deadline, startDeadline: startDeadline, retries: retries,
    executable: workerFixturePath)
}

/// A path at which there is no file yet.
func unusedPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: "batchup-\(UUID().uuidString)").path
}

#if os(Linux)
  /// What is in a file of the system, which does not know the size; nothing where there is none.
  func systemText(_ path: String) -> String {
    let bytes = try? FileHandle(forReadingAtPath: path)?.readToEnd()
    return String(decoding: bytes ?? Data(), as: UTF8.self)
  }

  /// The processes of a process group, without those that have ended and that nobody has waited for.
  func livingMembers(ofGroup group: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { process in
      // Behind the name in parentheses: state, parent, process group.
      let status = systemText("/proc/\(process)/stat")
      let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 2 && fields[0] != "Z" && Int32(fields[2]) == group
    }
  }

  /// Children of this process that run the fixture, zombies included.
  func fixtureChildren() -> [Int32] {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    let children = threads.flatMap { thread in
      systemText("/proc/self/task/\(thread)/children").split(separator: " ")
    }
    return children.compactMap { Int32($0) }.filter { child in
      let name = systemText("/proc/\(child)/comm")
      return name.hasPrefix("batchup worker") || name.hasPrefix("WorkerFixture")
    }
  }

  /// How many sockets and pieces of shared memory this process has open, or mapped.
  func sharedResourceCounts() -> (sockets: Int, memories: Int, mappings: Int) {
    let folder = "/proc/self/fd"
    let links = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
    }
    return (
      links.count { $0.hasPrefix("socket:") }, links.count { $0.contains("memfd:batchup") }, sharedMappings().count
    )
  }

  /// Where this process, or another one, sees the memory that it shares with workers.
  func sharedMappings(of process: String = "self") -> [Range<UInt>] {
    let maps = systemText("/proc/\(process)/maps")
    return maps.split(separator: "\n").filter { $0.contains("memfd:batchup") }.compactMap { line in
      let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
      return ends.count == 2 ? ends[0]..<ends[1] : nil
    }
  }
#endif

func address<Scalar>(of array: NDArray<Scalar>) -> UInt {
  array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
}
