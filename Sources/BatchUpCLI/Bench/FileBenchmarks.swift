import BatchUp
import Foundation

/// Arrays in mapped .npy files that are in the page cache, against the same arrays in memory.
///
/// For files that do not fit into memory, see scripts/larger-than-memory.sh.
enum FileBenchmarks {
  static var groups: [BenchmarkGroup] {
    [opening, epochs("mnist-f32", rows: 60_000, columns: 784), epochs("tabular-f32x16", rows: 1_000_000, columns: 16)]
  }

  /// A file of 1 GiB, and of one page. The large one has no blocks on the disk: only the header is looked at.
  private static var opening: BenchmarkGroup {
    let limit = "files/open/4-KiB"
    return BenchmarkGroup(
      benchmarks: [(limit, 1), ("files/open/1-GiB", 1 << 18)].map { name, rowCount in
        Benchmark(name, unit: .milliseconds, amount: 1, limit: name == limit ? nil : limit) {
          let file = TemporaryFile { path in try writeSparse(path, rowCount: rowCount) }
          return { keep(try? MappedArray<Float>(npyFile: file.path)) }
        }
      })
  }

  /// As `numpy.save` writes them, but for the zeros, which take no room on the disk.
  private static func writeSparse(_ path: String, rowCount: Int) throws {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rowCount), 1024), }"
    let header = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8)
    var bytes = header + [UInt8](repeating: UInt8(ascii: " "), count: 128 - header.count)
    bytes[127] = UInt8(ascii: "\n")
    try Data(bytes).write(to: URL(filePath: path))
    guard truncate(path, off_t(128 + rowCount * 4096)) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  private static func epochs(_ name: String, rows: Int, columns: Int) -> BenchmarkGroup {
    let samples = Lazily { NDArray<Float>(repeating: 0.5, shape: [rows, columns]) }
    let labels = Lazily { NDArray<Int32>(repeating: 1, shape: [rows]) }
    let file = Lazily { TemporaryFile { try samples.value.write(npyFile: $0) } }
    let limit = "files/memory/\(name)"
    let inMemory = Benchmark(limit, unit: .milliseconds, amount: rows) {
      epoch(of: try? ArraySource(samples.value, labels.value))
    }
    let mapped = Benchmark("files/mapped/\(name)", unit: .milliseconds, amount: rows, limit: limit) {
      epoch(of: try? ArraySource(loading: MappedArray<Float>(npyFile: file.value.path), labels.value))
    }
    let shuffle = BlockShuffle.recommended(rowByteCount: columns * 4, sampleCount: rows, memoryLimit: 64 << 20)
    let inBlocks = Benchmark("files/mapped-in-blocks/\(name)", unit: .milliseconds, amount: rows, limit: limit) {
      epoch(
        of: try? ArraySource(loading: MappedArray<Float>(npyFile: file.value.path), labels.value),
        memory: .blocks(shuffle))
    }
    return BenchmarkGroup(benchmarks: [inMemory, mapped, inBlocks])
  }

  private static func epoch<Source: BatchSource & Sendable>(
    of source: Source?, memory: ShuffleMemory = .proportional
  ) -> () -> Void {
    var epoch = 0
    return {
      epoch += 1
      var batches = source?.batches(of: 256, shuffle: .seed(1, epoch: epoch, memory: memory)).makeIterator()
      while let batch = try? batches?.nextBatch() { keep(batch) }
    }
  }
}

/// A file that is there for as long as this object; without contents where it could not be written.
private final class TemporaryFile {
  private let place = TemporaryPlace(suffix: ".npy")

  var path: String { place.path }

  init(write: (String) throws -> Void) {
    do { try write(path) } catch { BatchUpCommand.report("\(path): cannot be written: \(error)") }
  }
}
