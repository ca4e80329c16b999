import BatchUp
import Foundation

// What the tests of worker processes run: loaders that are well or ill, and a parent that is killed.

WorkerProcess.serve([
  "floats": WorkerLoader { NumberedRows<Float>(shape: shape($0), makeScalar: Float.init) },
  "bytes": WorkerLoader { NumberedRows<UInt8>(shape: shape($0)) { UInt8(truncatingIfNeeded: $0) } },
  "doubles": WorkerLoader { NumberedRows<Double>(shape: shape($0), makeScalar: Double.init) },
  "rescaled": WorkerLoader {
    RescaledBytes(NumberedRows<UInt8>(shape: shape($0)) { UInt8(truncatingIfNeeded: $0) }.rows)
  },
  "pairs": WorkerLoader { Pairs(shape: shape($0)) },
  "triples": WorkerLoader { Triples(shape: shape($0)) },
  "ownMemory": WorkerLoader { OwnMemory(shape: shape($0)) },
  "growing": WorkerLoader { GrowingRows(sampleCount: shape($0)[0]) },
  "keeping": WorkerLoader { KeepingLoader(shape: shape($0)) },
  "places": WorkerLoader { PlaceLoader(shape: shape($0)) },
  "ill": WorkerLoader { try IllLoader(arguments: $0) },
  "unmakeable": WorkerLoader { _ throws(NoSuchSamples) -> NumberedRows<Float> in throw NoSuchSamples() },
  "nested": WorkerLoader {
    try WorkerProcessPool(workerCount: 1).loader("floats", arguments: $0, as: NDArray<Float>.self)
  },
  "childless": WorkerLoader { ChildCounter(sampleCount: shape($0)[0]) },
  "shrinking": WorkerLoader { ShrinkingLoader(marker: $0[0]) },
])

if CommandLine.arguments.dropFirst().first == "parent" {
  try beParent(illness: CommandLine.arguments[2])
} else if CommandLine.arguments.dropFirst().first == "hold" {
  let output = try NPYOutput<Int8>(path: CommandLine.arguments[2], shape: [1])
  print("held")
  fflush(nil)
  withExtendedLifetime(output) { while true { pause() } }
} else if CommandLine.arguments.dropFirst().first == "output" {
  let counts = CommandLine.arguments[3...].compactMap { Int($0) }
  try writeOutput(path: CommandLine.arguments[2], rowCount: counts[0], restingAfter: counts[1])
} else if CommandLine.arguments.dropFirst().first?.hasPrefix("--batchup-worker-of") == true {
  print("a worker has come back from WorkerProcess.serve")
  exit(77)
}

private func shape(_ arguments: [String]) -> [Int] { arguments.compactMap { Int($0) } }

struct NoSuchSamples: Error {}

/// Has two workers, tells its own number and theirs, has one of them fall ill, and waits for it.
func beParent(illness: String) throws {
  let pool = try WorkerProcessPool(workerCount: 2)
  let loader = try pool.loader("ill", arguments: [illness, "5"], as: NDArray<Int32>.self)
  print(([getpid()] + pool.processIDs).map(String.init).joined(separator: " "))
  fflush(nil)
  _ = try? loader.batch(at: [5])
  while true { pause() }
}

/// Goes on with an output whose element i is i, and says after each row, with a byte, that it is done. Comes to rest
/// when it has made so many rows and is not at the end.
func writeOutput(path: String, rowCount: Int, restingAfter restCount: Int) throws {
  let rowLength = 300
  let output = try NPYOutput<Int32>(
    path: path, shape: [rowCount, rowLength], resuming: [1, 2], checkpointInterval: .zero)
  let first = output.completedRowCount
  for row in first..<rowCount {
    if row - first == restCount { while true { pause() } }
    let elements = (0..<rowLength).map { Int32(row * rowLength + $0) }
    try output.write(NDArray(elements, shape: [1, rowLength]), at: row)
    write(STDOUT_FILENO, "x", 1)
  }
  try output.finish()
}
