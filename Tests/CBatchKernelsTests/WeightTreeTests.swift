import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  @Suite struct WeightTreeTests {
    /// A tree between guard pages.
    final class Tree {
      let buffer: GuardedBuffer
      let size: Int
      var tree: cbk_weight_tree

      init(_ weights: [Double]) {
        size = cbk_weight_tree_size(weights.count)
        buffer = GuardedBuffer(capacity: 8 * size)
        buffer.fillWithCanaries()
        tree = cbk_weight_tree_layout(
          buffer.region(8 * size, at: .back).assumingMemoryBound(to: Double.self), weights.count)
        cbk_weight_tree_build(&tree, weights)
      }

      func update(_ indices: [UInt32], _ weights: [Double]) {
        cbk_weight_tree_update(&tree, indices, weights, indices.count)
      }

      /// All that a tree is, but for the rest of the line that the total has.
      var bits: [UInt64] {
        let start = buffer.region(8 * size, at: .back).assumingMemoryBound(to: UInt64.self)
        return [start[0]] + UnsafeBufferPointer(start: start + 8, count: size - 8)
      }
    }

    static let counts = Array(1...67) + [255, 256, 257, 271, 272, 273, 4095, 4096, 4097, 5000]

    /// The documented sums and draws, one level after the other.
    struct Reference {
      var sums: [[Double]] = []

      init(_ weights: [Double]) {
        var values = weights
        repeat {
          values += [Double](repeating: 0, count: (16 - values.count % 16) % 16)
          let nodes = stride(from: 0, to: values.count, by: 16).map { Self.running(Array(values[$0..<$0 + 16])) }
          sums.append(nodes.flatMap { $0 })
          values = nodes.map { $0[15] }
        } while values.count > 1
      }

      static func running(_ values: [Double]) -> [Double] {
        var before = 0.0
        return stride(from: 0, to: 16, by: 4).flatMap { quad in
          var within = values[quad]
          var sums = [before + within]
          for k in 1..<4 {
            within += values[quad + k]
            sums.append(before + within)
          }
          before += within
          return sums
        }
      }

      func draw(_ key: UInt64, _ draw: UInt64) -> UInt32 {
        var node = 0
        for level in sums.indices.reversed() {
          var words = [UInt32](repeating: 0, count: 64)
          cbk_philox_fill(cbk_stream(key: key, stream: UInt64(level)), draw / 32, &words, 1)
          let i = Int(draw % 32)
          let r = UInt64(words[2 * i + 1]) << 32 | UInt64(words[2 * i])
          let children = Array(sums[level][16 * node..<16 * node + 16])
          let total = children[15]
          let product = Double(r >> 11) * 0x1p-53 * total
          let units = (r >> 11).multipliedFullWidth(by: total.bitPattern)
          let limit =
            total < 0x1p-1021
            ? Double(bitPattern: units.high << 11 | units.low >> 53) : product == total ? product.nextDown : product
          node = 16 * node + children.firstIndex { $0 > limit }!
        }
        return UInt32(node)
      }
    }

    @Test func everyInstructionSetBuildsTheReferenceWithinItsMemory() {
      var mismatches = Mismatches()
      for kind in [WeightKind.random, .logNormal, .mostlyZero, .subnormal] {
        for count in Self.counts {
          let weights = kind.weights(count)
          let reference = Reference(weights)
          withEachISA { isa in
            let tree = Tree(weights)
            for (level, sums) in reference.sums.enumerated() {
              let found = withUnsafeBytes(of: tree.tree.sums) {
                $0.assumingMemoryBound(to: UnsafeMutablePointer<Double>.self)[level]
              }
              mismatches.check(
                Array(UnsafeBufferPointer(start: found, count: sums.count)) == sums, "\(name(isa)) \(count) \(level)")
            }
            mismatches.check(tree.tree.level_count == reference.sums.count, "\(count)")
            mismatches.check(tree.tree.total.pointee == reference.sums.last![15], "\(count)")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func sizesAreThoseOfTheLevels() {
      for count in Self.counts + [1_000_000, 1 << 32] {
        var values = 0
        var level = count
        repeat {
          level = (level + 15) / 16
          values += 16 * level
        } while level > 1
        #expect(cbk_weight_tree_size(count) == 2 * values + 8)
        #expect(Double(cbk_weight_tree_size(count)) <= 2.14 * Double(count) + 250)
      }
    }

    /// A tree of sums that were changed is the tree that is built from the weights as they are now.
    @Test func updatesForgetWhatWasBefore() {
      var mismatches = Mismatches()
      for count in Self.counts {
        var weights = WeightKind.logNormal.weights(count)
        let others = WeightKind.mostlyZero.weights(count + 1_000)
        withEachISA { isa in
          let tree = Tree(weights)
          for (round, length) in [0, 1, 2, 5, 127, 128, 129, 300].enumerated() {
            let indices = (0..<length).map { UInt32(($0 * 7919 + round * $0 * $0) % count) }
            let new = (0..<length).map { others[(31 * $0 + round) % others.count] }
            tree.update(indices, new)
            for (index, weight) in zip(indices, new) { weights[Int(index)] = weight }
            mismatches.check(tree.bits == Tree(weights).bits, "\(name(isa)) \(count) \(length)")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func anyRangeOfDrawsIsThatOfTheReference() {
      #expect(CBK_WEIGHT_TREE_FORMAT == 2)
      var mismatches = Mismatches()
      let buffer = GuardedBuffer(capacity: 4 * 400)
      for count in [1, 2, 15, 16, 17, 256, 257, 5000] {
        for kind in [WeightKind.random, .subnormal, .mostlyZero] {
          let weights = kind.weights(count)
          let reference = Reference(weights)
          let long = (0..<UInt64(330)).map { reference.draw(9, $0) }
          let far = (0..<UInt64(5)).map { reference.draw(9, 1 << 40 + 30 + $0) }
          mismatches.check(long.allSatisfy { weights[Int($0)] > 0 }, "\(count) zero")
          withEachISA { isa in
            let tree = Tree(weights)
            for first in [0, 1, 31, 32, 33, 65] {
              for length in [0, 1, 2, 31, 32, 33, 127, 128, 129, 257] {
                buffer.fillWithCanaries()
                let edge = GuardedBuffer.Edge.allCases[length % 2]
                let list = buffer.region(4 * length, at: edge).assumingMemoryBound(to: UInt32.self)
                cbk_weight_tree_draw(&tree.tree, 9, UInt64(first), list, length)
                mismatches.check(
                  buffer.holds(Array(long[first..<first + length]), at: edge),
                  "\(name(isa)) \(count) \(first) \(length)")
              }
            }
            var list = [UInt32](repeating: 0, count: 5)
            cbk_weight_tree_draw(&tree.tree, 9, 1 << 40 + 30, &list, 5)
            mismatches.check(list == far, "\(name(isa)) \(count) far")
          }
        }
      }
      mismatches.expectNone()
    }

    /// The smallest weight that there is: a product rounds to the total more often than not.
    @Test func theLeastNumberIsDrawnWhereItIsAlone() {
      for place in 0..<40 {
        var weights = [Double](repeating: 0, count: 40)
        weights[place] = .leastNonzeroMagnitude
        withEachISA { _ in
          let tree = Tree(weights)
          var list = [UInt32](repeating: 0, count: 50)
          cbk_weight_tree_draw(&tree.tree, 1, 0, &list, 50)
          #expect(list.allSatisfy { $0 == UInt32(place) })
        }
      }
    }

    private func drawCounts(_ tree: Tree, _ count: Int, of cells: Int) -> [Int] {
      var list = [UInt32](repeating: 0, count: count)
      cbk_weight_tree_draw(&tree.tree, 5, 0, &list, count)
      return list.reduce(into: [Int](repeating: 0, count: cells)) { $0[Int($1)] += 1 }
    }

    /// Equal weights of the least number: rounding to the nearest multiple of it would favor some.
    @Test func theLeastNumbersAreDrawnAlike() {
      for count in [2, 3, 7, 20] {
        let counts = drawCounts(Tree([Double](repeating: .leastNonzeroMagnitude, count: count)), 100_000, of: count)
        #expect(chiSquared(counts) < chiSquaredBound(degreesOfFreedom: count - 1))
      }
    }

    /// Draws are those of the same weights near 1, whatever the sum, and however it came about.
    @Test func sumsBeyondTheLargestNumber() {
      let weights = WeightKind.random.weights(600)
      let large = weights.map { $0 * 0x1p1023 }
      let small = weights.map { $0 * 0x1p500 }
      let mixed = weights.indices.map { $0 % 3 == 0 ? large[$0] : .leastNonzeroMagnitude }
      let indices = (0..<UInt32(600)).map { $0 }
      withEachISA { isa in
        let expected = drawCounts(Tree(weights), 5_000, of: 600)
        let tree = Tree(large)
        #expect(tree.tree.total.pointee.isFinite, "\(name(isa))")
        #expect(drawCounts(tree, 5_000, of: 600) == expected, "\(name(isa))")
        for others in [small, large, mixed, weights, mixed, large] {
          tree.update(indices, others)
          let fresh = Tree(others)
          #expect(drawCounts(tree, 5_000, of: 600) == drawCounts(fresh, 5_000, of: 600), "\(name(isa))")
          #expect(tree.tree.total.pointee.isFinite, "\(name(isa))")
        }
        tree.update(indices, [Double](repeating: .leastNonzeroMagnitude, count: 600))
        #expect(chiSquared(drawCounts(tree, 60_000, of: 600)) < chiSquaredBound(degreesOfFreedom: 599))
      }
    }

    @Test(arguments: [WeightKind.uniform, .random, .zipf, .mostlyZero, .oneHeavy])
    func drawsFollowTheWeights(kind: WeightKind) {
      // Runs of weights, so that a cell is expected often enough.
      let weights = kind.weights(1_600)
      let tree = Tree(weights)
      var list = [UInt32](repeating: 0, count: 100_000)
      cbk_weight_tree_draw(&tree.tree, 4, 0, &list, list.count)
      let cells = 20
      var counts = [Int](repeating: 0, count: cells)
      for index in list { counts[Int(index) / (1_600 / cells)] += 1 }
      let shares = (0..<cells).map { weights[$0 * 80..<($0 + 1) * 80].reduce(0, +) }
      let used = (0..<cells).filter { shares[$0] / shares.reduce(0, +) * 100_000 >= 5 }
      #expect(list.allSatisfy { weights[Int($0)] > 0 })
      if used.count > 1 {
        #expect(
          chiSquared(used.map { counts[$0] }, weights: used.map { shares[$0] })
            < chiSquaredBound(degreesOfFreedom: used.count - 1))
      }
    }
  }
}
