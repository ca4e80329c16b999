import ArgumentParser
import BatchUp
import BatchUpSystem
import Foundation

struct EpochCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "epoch",
    abstract: "Goes through the samples of an .npy file once, in shuffled batches, and says how long that took.",
    discussion: """
      The file has Float32 elements in C order. Plain, every sample is read where it lies; with --window-memory, the samples are \
      shuffled in blocks, of which two windows fit into half of so much memory, and the next window is read while one \
      is used. The last line has the seconds, the bytes per second of samples, and the peak of resident memory.

      EXAMPLES:
        batchup epoch images.npy
        batchup epoch --window-memory 1024 --residency-limit 64 images.npy
      """)

  @Argument(help: .init("An .npy file.", valueName: "file"), completion: .file(extensions: ["npy"]))
  var file: String

  @Option(help: .init("The number of samples in a batch.", valueName: "n"))
  var batchSize = 64

  @Option(help: .init("Shuffle in blocks that suit this limit of memory.", valueName: "MiB"))
  var windowMemory: Int?

  @Option(help: .init("Map in at most so much of the file. (default: no limit)", valueName: "MiB"))
  var residencyLimit: Int?

  @Option(help: .init("Chooses the order of the samples.", valueName: "n"))
  var seed = 1

  @Option(help: .init("Prepare batches ahead on this many threads; 0 prepares them in between.", valueName: "n"))
  var workers = 0

  func validate() throws {
    guard batchSize >= 1 else { throw ValidationError("--batch-size is at least 1, not \(batchSize)") }
    guard (0...1024).contains(workers) else { throw ValidationError("--workers is from 0 to 1024, not \(workers)") }
    for (name, limit) in [("window-memory", windowMemory), ("residency-limit", residencyLimit)] {
      guard let limit else { continue }
      guard (1...1 << 40).contains(limit) else {
        throw ValidationError("--\(name) is from 1 to 2^40 MiB, not \(limit)")
      }
    }
  }

  func run() throws {
    let samples = try mappedSamples()
    let source = try ArraySource(loading: samples)
    let rowByteCount = samples.rowShape.reduce(MemoryLayout<Float>.size, *)
    var memory = ShuffleMemory.proportional
    if let windowMemory, rowByteCount > 0, samples.sampleCount > 0 {
      let shuffle = BlockShuffle.recommended(
        rowByteCount: rowByteCount, sampleCount: samples.sampleCount, memoryLimit: windowMemory << 20)
      memory = .blocks(shuffle)
      let mixing = shuffle.mixing(sampleCount: samples.sampleCount, batchSize: batchSize)
      try StandardStream.output.write(line: "\(mixing)")
    }
    let batches = source.batches(of: batchSize, shuffle: .seed(seed, memory: memory))
    let pool = WorkerPool(workerCount: workers)
    let duration = try ContinuousClock().measure {
      if workers == 0 {
        try batches.forEachBatch { batch, _ in keep(batch) }
      } else {
        try batches.prefetched(by: pool).forEachBatch { batch, _ in keep(batch) }
      }
    }
    try report(byteCount: samples.sampleCount * rowByteCount, seconds: duration.inSeconds)
  }

  private func mappedSamples() throws -> MappedArray<Float> {
    let npy = try NPYFile(path: file)
    if npy.isFortranOrder {
      throw ToolError(
        "\(file): is in Fortran order, in which samples are scattered; batchup convert \(file) c-order.npy writes it in "
          + "C order")
    }
    return try MappedArray(npy, residencyLimit: residencyLimit.map { $0 << 20 })
  }

  private func report(byteCount: Int, seconds: Double) throws {
    var usage = rusage()
    getrusage(0, &usage)  // RUSAGE_SELF, which has another type on each system
    #if canImport(Darwin)
      let peak = Double(usage.ru_maxrss) / 0x1p20
    #else
      let peak = Double(usage.ru_maxrss) / 0x1p10
    #endif
    let speed = Double(byteCount) / seconds / 1e6
    try StandardStream.output.write(
      line: "\(seconds.fixed(digits: 3)) s, \(speed.fixed(digits: 1)) MB/s, peak \(peak.fixed(digits: 1)) MiB resident")
  }
}
