import BatchUp
import Foundation
import Testing

@Suite struct ExactSumTests {
  private func sum(_ numbers: some Sequence<Double>) -> ExactSum {
    var sum = ExactSum()
    for number in numbers { sum.add(number) }
    return sum
  }

  private func isSame(_ a: Double, _ b: Double) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }

  /// Finite numbers of all sizes; every kind of cancellation among them.
  private func numbers(_ kind: Int, _ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    var numbers = (0..<count).map { _ -> Double in
      let bits = generator.next()
      let any = Double(bitPattern: bits)
      switch kind {
      case 0: return any.isFinite ? any : 1
      case 1: return Double(bitPattern: bits & 0x800F_FFFF_FFFF_FFFF)  // subnormal
      case 2: return Double(bitPattern: bits & 0x801F_FFFF_FFFF_FFFF)  // and the first normal ones
      case 3: return any.sign == .minus ? -Double.greatestFiniteMagnitude : .greatestFiniteMagnitude
      case 4: return Double(Int64(bitPattern: bits) >> 40)
      default: return Double(bitPattern: bits & 0x83FF_FFFF_FFFF_FFFF | 0x3F00_0000_0000_0000)
      }
    }
    // What cancels all but the last bits.
    if generator.next() % 2 == 0, let first = numbers.first {
      numbers += numbers.dropFirst().map { -$0 } + [first.nextUp]
    }
    return numbers.filter(\.isFinite)
  }

  @Test(arguments: 0...5)
  func sumsAreExactAndRoundedOnce(kind: Int) {
    var generator = SeededGenerator(seed: UInt64(kind))
    for round in 0..<300 {
      let numbers = numbers(kind, round % 20, &generator)
      let (found, expected) = (sum(numbers).value, ExactReference(numbers).value)
      #expect(isSame(found, expected), "\(found) for \(expected): \(numbers)")
    }
  }

  @Test func singleNumbersAreKept() {
    var generator = SeededGenerator(seed: 9)
    let edges: [Double] = [0, 0x1p-1074, 0x1p-1022, Double(0x1p-1022).nextDown, 1, .greatestFiniteMagnitude, .pi]
    for number in edges + edges.map({ -$0 }) + (0..<1000).map({ _ in Double(bitPattern: generator.next()) }) {
      #expect(isSame(sum([number]).value, number == 0 ? 0 : number))
    }
  }

  @Test func tiesGoToEven() {
    let (half, least) = (0x1p-53, 0x1p-1074)
    let next = Double(1).nextUp
    #expect(sum([1, half]).value == 1)
    #expect(sum([next, half]).value == next.nextUp)
    #expect(sum([1, half, least]).value == next)
    #expect(sum([1, half, -least]).value == 1)
    #expect(sum([-1, -half, -least]).value == -next)
    let largest = Double.greatestFiniteMagnitude
    #expect(sum([largest, largest.ulp / 2]).value == .infinity)
    #expect(sum([largest, (largest.ulp / 2).nextDown]).value == largest)
    #expect(sum([largest, largest, -largest]).value == largest)
    #expect(sum([1e308, 1e308, -1e308, -1e308, 1]).value == 1)
  }

  @Test func notANumberAndInfinity() {
    #expect(sum([1, .infinity]).value == .infinity)
    #expect(sum([1, -.infinity, -.infinity]).value == -.infinity)
    #expect(sum([.infinity, -.infinity]).value.isNaN)
    #expect(sum([.nan, 1]).value.isNaN)
    var merged = sum([.infinity])
    merged.merge(sum([1]))
    #expect(merged.value == .infinity)
    merged.merge(sum([-.infinity]))
    #expect(merged.value.isNaN)
  }

  @Test func anySharingAndOrderGivesTheSameSum() {
    var generator = SeededGenerator(seed: 12)
    let numbers = numbers(0, 400, &generator)
    let whole = sum(numbers)
    for _ in 0..<50 {
      var parts = [ExactSum](repeating: ExactSum(), count: Int.random(in: 1...9, using: &generator))
      for number in numbers.shuffled(using: &generator) {
        parts[Int.random(in: parts.indices, using: &generator)].add(number)
      }
      var merged = ExactSum()
      for part in parts.shuffled(using: &generator) { merged.merge(part) }
      #expect(merged == whole)
      #expect(merged.hashValue == whole.hashValue)
    }
  }

  @Test func sumsAreCoded() throws {
    for numbers in [[], [1, -1e300, 0x1p-1074], [.nan], [-.infinity]] as [[Double]] {
      let data = try JSONEncoder().encode(sum(numbers))
      #expect(try JSONDecoder().decode(ExactSum.self, from: data) == sum(numbers))
    }
    for damaged in ["[0,[1,2]]", "[9,[]]", "[]", "[0]"] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(ExactSum.self, from: Data(damaged.utf8)) }
    }
  }
}
