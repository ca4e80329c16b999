/// A shuffle for files much larger than memory: blocks of neighbouring samples in random order, mixed window by window.
///
/// ```swift
/// let shuffle = BlockShuffle(length: 256, window: 64)
/// for … in source.batches(of: 64, shuffle: .seed(1, epoch: 3, memory: .blocks(shuffle)))
/// print(shuffle.mixing(sampleCount: 1_000_000, batchSize: 64))
/// ```
///
/// The samples are cut into blocks of `length` neighbours, from a random sample on and around the end; one block may be
/// shorter. So the cuts lie elsewhere in each pass. The blocks come in a uniformly random order, the shorter one like the
/// others. Each `window` of them in that order are taken together, and their samples are shuffled uniformly among each
/// other. Each sample comes exactly once a pass, at each position with the same probability, and the order is a pure
/// function of (seed, epoch, pass, number of samples, `length`, `window`), whatever the batch size, the workers and the
/// machine.
///
/// A mapped array reads the blocks of the next window, each in one go, while those of this one are used. Two windows
/// should fit into memory together. What is lost is mixing: samples that are far from each other in the order are from
/// different blocks. `mixing(sampleCount:batchSize:)` says how much, and a window of all blocks is a uniform shuffle.
///
/// Blocks are of neighbours in the list of samples. Where that is a subset, list it in ascending order.
public struct BlockShuffle: Sendable, Hashable {
  /// The number of samples in a block.
  public let length: Int
  /// The number of blocks whose samples are mixed.
  public let window: Int

  /// Changes whenever an order of some (seed, epoch, pass, number of samples, `length`, `window`) changes.
  public static let orderFormat = 1

  /// Blocks of `length` samples, `window` of which are mixed with each other.
  ///
  /// - Precondition: both are at least 1.
  public init(length: Int, window: Int) {
    precondition(length >= 1 && window >= 1, "blocks of \(length) samples in windows of \(window) hold none")
    self.length = length
    self.window = window
  }

  /// The number of samples that are mixed with each other, where there are so many.
  public var windowSampleCount: Int { length.multipliedSaturating(by: window) }
}

extension BlockShuffle: Codable {
  private enum CodingKeys: CodingKey {
    case length, window
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    length = try values.decode(Int.self, forKey: .length)
    window = try values.decode(Int.self, forKey: .window)
    guard length >= 1, window >= 1 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "blocks of \(length) samples in windows of \(window) hold none"))
    }
  }
}

extension BlockShuffle {
  /// The shuffle that mixes best among those that read a file at nearly full speed within a limit of memory.
  ///
  /// Blocks have 256 KiB or a sample: long enough that reading one takes much longer than a disk's first answer, 0.1 ms
  /// on flash. Shorter ones mix better, longer ones suit disks that turn. Half of the limit is for two windows, the one
  /// in use and the one that is read; the other half is left to the page cache, which gives back late what was used,
  /// and to the batches. The window is as long as that allows, up to all blocks.
  ///
  /// - Precondition: the byte counts are at least 1, and the number of samples is not negative.
  public static func recommended(rowByteCount: Int, sampleCount: Int, memoryLimit: Int) -> BlockShuffle {
    precondition(rowByteCount >= 1 && memoryLimit >= 1, "rows of \(rowByteCount) bytes in \(memoryLimit) bytes")
    precondition(sampleCount >= 0, "a number of samples is not negative, unlike \(sampleCount)")
    let windowRowCount = max(memoryLimit / 4 / rowByteCount, 1)
    let length = min(max(usualBlockByteCount / rowByteCount, 1), windowRowCount)
    let blockCount = max(sampleCount, 1) / length + 1
    return BlockShuffle(length: length, window: min(windowRowCount / length, blockCount))
  }

  private static let usualBlockByteCount = 256 << 10
}
