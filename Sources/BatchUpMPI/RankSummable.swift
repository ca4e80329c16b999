#if MPI
  public import BatchUp

  /// Sums in Float64 that ranks can send each other: what `mean` adds up.
  public protocol RankSummable: BatchSummable where Mean == Self {
    /// The lengths of the axes; none for a number.
    var sumShape: [Int] { get }
    /// The elements.
    var summands: [Double] { get }

    /// A sum of as many elements as the shape says.
    init(summands: [Double], sumShape: [Int])
  }

  extension Double: RankSummable {
    public var sumShape: [Int] { [] }
    public var summands: [Double] { [self] }
    public init(summands: [Double], sumShape: [Int]) { self = summands[0] }
  }

  extension NDArray: RankSummable where Scalar == Double {
    public var sumShape: [Int] { shape }
    public var summands: [Double] { Array(scalars) }
    public init(summands: [Double], sumShape: [Int]) { self.init(summands, shape: sumShape) }
  }

  /// The sums over the samples of each batch of a rank, to be added up in the order of all batches.
  final class BatchSums<Sum: RankSummable> {
    /// For each batch the number of its samples, the rank of the sum, its shape, and the bits of its elements.
    private var words: [UInt64] = []

    func add(_ sum: Sum, sampleCount: Int) {
      words.append(UInt64(sampleCount))
      words.append(UInt64(sum.sumShape.count))
      words += sum.sumShape.map { UInt64($0) }
      words += sum.summands.map(\.bitPattern)
    }

    /// The sum over all batches of all ranks, and the number of samples: the first batches of all ranks, in the order of
    /// the ranks, then the second ones, and so on.
    func total(over world: MPIWorld) throws -> (sum: Sum, sampleCount: Int) {
      var readers: [BatchSumReader<Sum>] = []
      for bytes in try world.exchange(words.withUnsafeBytes { Array($0) }) { readers.append(BatchSumReader(bytes)) }
      // All ranks have all sums. Those of one rank have the same shape, as without other ranks.
      try requireEqual(readers.map { $0.firstShape.map { "sums of shape \($0)" } })
      var total: Sum?
      var sampleCount = 0
      var isAtEnd = false
      while !isAtEnd {
        isAtEnd = true
        for rank in readers.indices {
          guard let (sum, count) = readers[rank].next() else { continue }
          total = sum.added(to: total)
          sampleCount += count
          isAtEnd = false
        }
      }
      guard let total, sampleCount > 0 else { throw ReductionError.noSamples }
      return (total, sampleCount)
    }
  }

  /// Reads what a rank has sent.
  private struct BatchSumReader<Sum: RankSummable>: IteratorProtocol {
    private let words: [UInt64]
    private var position = 0

    init(_ bytes: [UInt8]) {
      words = bytes.withUnsafeBytes { bytes in
        (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
      }
    }

    /// The shape of the first sum; nil where there is none.
    var firstShape: [Int]? {
      var copy = self
      return copy.next()?.sum.sumShape
    }

    mutating func next() -> (sum: Sum, sampleCount: Int)? {
      guard position < words.count else { return nil }
      let sampleCount = Int(read(1)[0])
      let shape = read(Int(read(1)[0])).map { Int($0) }
      let summands = read(shape.reduce(1, *)).map { Double(bitPattern: $0) }
      return (Sum(summands: summands, sumShape: shape), sampleCount)
    }

    private mutating func read(_ count: Int) -> [UInt64] {
      defer { position += count }
      return Array(words[position..<position + count])
    }
  }
#endif
