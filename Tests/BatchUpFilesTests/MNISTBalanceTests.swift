import BatchUp
import BatchUpFiles
import TestSupport
import Testing

@Suite(.enabled(if: MNISTFiles.arePresent, "MNIST's test files are not in \(MNISTFiles.directory); set BATCHUP_MNIST"))
struct MNISTBalanceTests {
  private func digitCounts(_ labels: NDArray<UInt8>, _ sampler: WeightedSampler, _ shuffle: Shuffle) throws -> [Int] {
    let source = try ArraySource(labels, sampler: sampler)
    return source.batches(of: 64, shuffle: shuffle).prefix(2000).reduce(into: Array(repeating: 0, count: 10)) {
      for label in $1.scalars { $0[Int(label)] += 1 }
    }
  }

  @Test func eachDigitComesEquallyOften() throws {
    let labels = try NDArray<UInt8>(idxFile: MNISTFiles.labels)
    // All of the digits 0 to 4, and a twentieth of the others.
    let chosen = (0..<labels.count).filter { labels[$0] < 5 || $0 % 20 == 0 }
    for shuffle: Shuffle in [.seed(1), .numPy(NumPyRandomState(seed: 1))] {
      let all = try digitCounts(labels, WeightedSampler(balancingClasses: labels), shuffle)
      #expect(all.reduce(0, +) == 128_000)
      #expect(chiSquared(all) < chiSquaredBound(degreesOfFreedom: 9))
      let some = try digitCounts(labels, WeightedSampler(balancingClasses: labels, over: chosen), shuffle)
      #expect(chiSquared(some) < chiSquaredBound(degreesOfFreedom: 9))
      let unbalanced = try digitCounts(
        labels, WeightedSampler(weights: [Int](repeating: 1, count: chosen.count), over: chosen), shuffle)
      #expect(chiSquared(unbalanced) > 1000)
    }
  }

  @Test func weightsAreOneOverTheSizeOfTheClass() throws {
    let labels = try NDArray<UInt8>(idxFile: MNISTFiles.labels)
    let sizes: [Double] = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    #expect(
      WeightedSampler.balancingWeights(forClasses: labels) == labels.scalars.map { 1 / (sizes[Int($0)] * 10) })
  }
}
