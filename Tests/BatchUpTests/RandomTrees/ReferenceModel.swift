import BatchUp

/// What a tree delivers, by the rules of its combinators: plain lists, worked out beforehand.
struct ReferenceModel {
  let batchSize: Int
  /// Batches that each source delivers at most.
  let limit: Int

  /// The first batches, and whether there are no more.
  struct Delivered {
    var batches: [Content]
    var hasEnded: Bool
  }

  /// The batches behind `start` samples, which is above 0 only where all batches but the last are whole.
  func deliver(_ tree: Tree, _ order: TreeOrder, start: Int = 0) throws -> Delivered {
    func base(_ tree: Tree, _ transform: (Content) -> Content) throws -> Delivered {
      let delivered = try deliver(tree, order, start: start)
      return Delivered(batches: delivered.batches.map(transform), hasEnded: delivered.hasEnded)
    }
    switch tree {
    case .leaf(let leaf): return try self.leaf(leaf, order, start: start)
    case .generated(let source):
      var offset = 0
      return uneven(0..<(source.count ?? .max)) { batch, samples in
        let isFailed = source.failing.contains(batch)  // Its samples are not known: it counts as a whole batch.
        defer { offset += isFailed ? batchSize : samples.count }
        if isFailed { return .failed(.generated(batch), indices: Array(offset..<offset + batchSize)) }
        return .rows(samples.map { [100 * source.id + $0] }, offset: offset)
      }
    case .existing(let id, let sizes):
      let batches = sizes.indices.map { batch in
        let first = sizes.prefix(batch).reduce(0, +)
        return Content.rows((first..<first + sizes[batch]).map { [100 * id + $0] }, offset: first)
      }
      return Delivered(batches: Array(batches.prefix(limit)), hasEnded: batches.count <= limit)
    case .own(let id, let count): return uneven(0..<count) { .samples(Leaf(id: id, count: count), Array($1)) }
    case .pair(let first, let second):
      return pairs(
        try deliver(first, order.member(0), start: start), try deliver(second, order.member(1), start: start))
    case .choice(let selection, let members): return try choice(selection, members, order)
    case .map(let tree): return try base(tree) { .mapped($0) }
    case .throwingMap(let tree): return try base(tree) { .throwingMapped($0) }
    case .randomMap(let tree):
      var step = start
      return try base(tree) { content in
        defer { step += content.count }
        return .random(content, order, steps: Array(step..<step + content.count))
      }
    case .padded(let tree): return try base(tree) { .padded($0, to: batchSize) }
    case .sharded(let tree, let rank, let rankCount, let end):
      var delivered = try deliver(tree, order, start: start)
      let end = end == .drop && tree.deliversParts ? .uneven : end
      delivered.batches = delivered.batches.compactMap { part(rank, of: rankCount, end, in: $0) }
      return delivered
    case .dealt(let tree, let rank, let rankCount):
      var delivered = try deliver(tree, order)
      delivered.batches = delivered.batches.enumerated().filter { $0.offset % rankCount == rank }.map(\.element)
      return delivered
    case .indexed(let tree): return try base(tree) { .indexed($0) }
    case .erased(let tree), .failable(let tree): return try base(tree) { $0 }
    }
  }

  // MARK: Leaves

  private func leaf(_ leaf: Leaf, _ order: TreeOrder, start: Int) throws -> Delivered {
    if !leaf.sampling.isStream || order.isNumPy {
      let (lists, hasEnded) = try BatchUpTests.batches(of: leaf, order: order, batchSize: batchSize, limit: limit)
      return Delivered(batches: lists.map { .samples(leaf, $0) }, hasEnded: hasEnded)
    }
    let wanted = start + limit * batchSize + 1
    var stream: [Int] = []
    if case .own = leaf.sampling {
      stream = (0..<leaf.count).reversed()
    } else if let (samples, repeats) = try leaf.passes() {
      let passCount = min(repeats ?? .max, samples.isEmpty ? 0 : wanted / samples.count + 1)
      let passes = try permutations(count: samples.count, order: order, passCount: passCount)
      stream = passes.flatMap { $0.map { samples[$0] } }
    } else {
      stream = try BatchUpTests.batches(of: leaf, order: order, batchSize: 64, limit: wanted / 64 + 1).batches
        .flatMap { $0 }
    }
    let rest = Array(stream.dropFirst(start))
    let lists = stride(from: 0, to: rest.count, by: batchSize).map { Array(rest[$0..<min($0 + batchSize, rest.count)]) }
    return Delivered(batches: lists.prefix(limit).map { .samples(leaf, $0) }, hasEnded: lists.count <= limit)
  }

  /// Batches that alternate between full and half size.
  private func uneven(_ samples: Range<Int>, _ content: (Int, Range<Int>) -> Content) -> Delivered {
    var batches: [Content] = []
    var next = samples.lowerBound
    while next < samples.upperBound, batches.count < limit {
      let size = batches.count % 2 == 0 ? batchSize : max(batchSize / 2, 1)
      batches.append(content(batches.count, next..<next + min(size, samples.upperBound - next)))
      next += min(size, samples.upperBound - next)
    }
    return Delivered(batches: batches, hasEnded: next == samples.upperBound)
  }

  // MARK: Combinators

  private func pairs(_ first: Delivered, _ second: Delivered) -> Delivered {
    let count = min(first.batches.count, second.batches.count)
    let batches = (0..<count).map { Content.pair(first.batches[$0], second.batches[$0]).trimmed }
    return Delivered(
      batches: batches,
      hasEnded: first.hasEnded && first.batches.count == count || second.hasEnded && second.batches.count == count)
  }

  /// The part of a rank in a batch; nil where the batch is left out.
  private func part(_ rank: Int, of rankCount: Int, _ end: TreeShardEnd, in content: Content) -> Content? {
    let count = content.count
    if end == .drop && count < batchSize { return nil }
    if count == 0 { return end == .pad ? .filled(content, count: 0, to: 0) : content }
    let (length, longerCount) = count.quotientAndRemainder(dividingBy: rankCount)
    let first = rank * length + min(rank, longerCount)
    let places = Array(first..<first + length + (rank < longerCount ? 1 : 0))
    guard end == .pad else { return content.select(places) }
    return .filled(
      content.select(places.isEmpty ? [count - 1] : places), count: places.count,
      to: (batchSize + rankCount - 1) / rankCount)
  }

  private func choice(_ selection: TreeSelection, _ members: [Tree], _ order: TreeOrder) throws -> Delivered {
    let delivered = try members.indices.map { try deliver(members[$0], order.member($0)) }
    let (listed, isOnce) = turns(selection, members, order)
    // The permutation of a round is uniform, whatever the memory of the order.
    let rounds = try permutations(
      count: listed.count, order: order.member(-1).uniform, passCount: isOnce ? 1 : limit)
    var (queue, round) = ([Int](), 0)
    var used = members.map { _ in 0 }
    var exhausted: Set<Int> = []
    var batches: [Content] = []
    while batches.count < limit {
      if queue.isEmpty, round < rounds.count {
        queue = rounds[round].map { listed[$0] }
        round += 1
      }
      if queue.isEmpty { queue = Array(members.indices.filter { !exhausted.contains($0) }.prefix(1)) }
      if queue.isEmpty { return Delivered(batches: batches, hasEnded: true) }
      let member = queue.removeFirst()
      if used[member] < delivered[member].batches.count {
        batches.append(.member(member, delivered[member].batches[used[member]]))
        used[member] += 1
      } else if delivered[member].hasEnded {
        exhausted.insert(member)
        if !isOnce { return Delivered(batches: batches, hasEnded: true) }
      } else {
        return Delivered(batches: batches, hasEnded: false)
      }
    }
    return Delivered(batches: batches, hasEnded: false)
  }

  /// The members of one round, or once, before a shuffle: one after the other where there is one, else spread.
  private func turns(_ selection: TreeSelection, _ members: [Tree], _ order: TreeOrder) -> ([Int], isOnce: Bool) {
    func listed(_ counts: [Int], _ spread: ([Int]) -> [Int]) -> [Int] {
      order == .inOrder ? spread(counts) : counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
    }
    switch selection {
    case .untilFirstExhausted: return (Array(members.indices), false)
    case .sequential: return ([], true)
    case .proportional(let proportions): return (listed(proportions, evenlySpread), false)
    case .stratified:
      let counts = members.compactMap { statedCount(of: $0).finite }
      if counts.count < members.count { return (Array(members.indices), false) }
      return (listed(counts.map { ($0 + batchSize - 1) / batchSize }, spreadAsInPython), true)
    }
  }

  /// By quota: of the parts that are due within a margin, the one whose deadline is first (Tijdeman 1980).
  private func evenlySpread(_ weights: [Int]) -> [Int] {
    let parts = weights.indices.filter { weights[$0] > 0 }
    let total = Double(weights.reduce(0, +))
    let margin = parts.count > 1 ? 0.5 / Double(parts.count - 1) : 0
    var taken = weights.map { _ in 0.0 }
    return (1...Int(total)).map { step in
      func deficit(_ part: Int) -> Double { Double(weights[part] * step) / total - taken[part] }
      func slack(_ part: Int) -> Double { (1 - margin - deficit(part)) / Double(weights[part]) }
      let due = parts.filter { deficit($0) > margin - 1e-9 }
      let chosen = (due.isEmpty ? parts : due).min { slack($0) < slack($1) - 1e-12 } ?? 0
      taken[chosen] += 1
      return chosen
    }
  }

  /// Python BatchUp steps as often as the largest count says; a part comes where its share of a step completes one.
  private func spreadAsInPython(_ counts: [Int]) -> [Int] {
    let stepCount = counts.max() ?? 0
    return (0..<stepCount).flatMap { step in
      counts.indices.filter { part in
        counts[part] > 0 && (step == 0 || step * counts[part] / stepCount > (step - 1) * counts[part] / stepCount)
      }
    }
  }
}

/// The samples of one batch, and what is done with them.
indirect enum Content {
  case samples(Leaf, [Int])
  case rows([[Int]], indices: [Int])
  case failed(TreeError, indices: [Int])
  case pair(Content, Content)
  case member(Int, Content)
  case mapped(Content)
  case throwingMapped(Content)
  case random(Content, TreeOrder, steps: [Int])
  case padded(Content, to: Int)
  case filled(Content, count: Int, to: Int)
  case indexed(Content)
}

extension Content {
  static func rows(_ rows: [[Int]], offset: Int) -> Content {
    .rows(rows, indices: Array(offset..<offset + rows.count))
  }

  /// The number of samples.
  var count: Int {
    switch self {
    case .samples(_, let indices): indices.count
    case .rows(_, let indices), .failed(_, let indices): indices.count
    case .pair(let first, let second): min(first.count, second.count)
    case .filled(_, let count, _): count
    case .member(_, let base), .mapped(let base), .throwingMapped(let base), .random(let base, _, _),
      .padded(let base, _), .indexed(let base):
      base.count
    }
  }

  func select(_ places: [Int]) -> Content {
    switch self {
    case .samples(let leaf, let indices): .samples(leaf, places.map { indices[$0] })
    case .rows(let rows, let indices): .rows(places.map { rows[$0] }, indices: places.map { indices[$0] })
    case .failed(let error, let indices): .failed(error, indices: places.map { indices[$0] })
    case .pair(let first, let second): .pair(first.select(places), second.select(places))
    case .member(let member, let base): .member(member, base.select(places))
    case .mapped(let base): .mapped(base.select(places))
    case .throwingMapped(let base): .throwingMapped(base.select(places))
    case .random(let base, let order, let steps): .random(base.select(places), order, steps: places.map { steps[$0] })
    case .padded(let base, let size): .padded(base.select(places), to: size)
    case .filled(let base, _, let size):
      .filled(base.select(places.isEmpty && base.count > 0 ? [0] : places), count: places.count, to: size)
    case .indexed(let base): .indexed(base.select(places))
    }
  }

  /// The same with both sides of a pair as long as the shorter one.
  var trimmed: Content {
    guard case .pair(let first, let second) = self else { return self }
    func trimmed(_ side: Content) -> Content { side.count == count ? side : side.select(Array(0..<count)) }
    return .pair(trimmed(first), trimmed(second))
  }

  /// The indices of a sample.
  func indices(at place: Int) -> [Int] {
    switch self {
    case .samples(_, let indices), .rows(_, let indices), .failed(_, let indices): [indices[place]]
    case .pair(let first, let second): first.indices(at: place) + second.indices(at: place)
    case .member(_, let base), .mapped(let base), .throwingMapped(let base), .random(let base, _, _),
      .padded(let base, _), .filled(let base, _, _), .indexed(let base):
      base.indices(at: place)
    }
  }

  func rows() throws(TreeError) -> [[Int]] {
    switch self {
    case .samples(let leaf, let indices):
      if case .loader(let unreadable) = leaf.storage, let index = indices.first(where: unreadable.contains) {
        throw .unreadable(100 * leaf.id + index)
      }
      return indices.map { [100 * leaf.id + $0] }
    case .rows(let rows, _): return rows
    case .failed(let error, _): throw error
    case .pair(let first, let second): return joinedRows(try first.rows(), try second.rows())
    case .member(_, let base): return try base.rows()
    case .mapped(let base): return mappedRows(try base.rows())
    case .throwingMapped(let base): return try readableRows(base.rows())
    case .random(let base, let order, let steps):
      let numbers = steps.indices.map { order.sampleNumber(indices: base.indices(at: $0), step: steps[$0]) }
      return joinedRows(try base.rows(), numbers.map { [Int($0 >> 48)] })
    case .padded(let base, let size):
      return try base.filled(count: base.count, to: base.count == 0 ? 0 : size)
    case .filled(let base, let count, let size): return try base.filled(count: count, to: size)
    case .indexed(let base):
      return joinedRows((0..<base.count).map { base.indices(at: $0) }, try base.rows())
    }
  }

  /// With copies of the last sample up to `size`, and a mask.
  private func filled(count: Int, to size: Int) throws(TreeError) -> [[Int]] {
    let places = (0..<max(count, size)).map { min($0, self.count - 1) }
    let rows = try count == 0 && size == 0 ? self.rows() : select(places).rows()
    return joinedRows(rows, rows.indices.map { [$0 < count ? 1 : 0] })
  }
}
