/// Quotas of classes that are counted from 0.
enum ResolvedQuotas: Sendable {
  case classesTimesSamples(classes: Int, samples: Int)
  /// Shares above 0, of any scale.
  case shares([Double], atLeast: Int)

  var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    switch self {
    case .classesTimesSamples(let classes, let samples): fingerprint.combine(contentsOf: [0, classes, samples])
    case .shares(let shares, let least):
      fingerprint.combine(contentsOf: [1, least, shares.count])
      for share in shares { fingerprint.combine(share.bitPattern) }
    }
    return fingerprint
  }

  var leastBatchSize: Int {
    switch self {
    case .classesTimesSamples(let classes, let samples): classes.multipliedSaturating(by: samples)
    case .shares(let shares, let least): max(least.multipliedSaturating(by: shares.count), 1)
    }
  }
}

extension ClassQuotas {
  /// The labels of the classes that are delivered, in order, and their quotas.
  func resolved(_ sizes: [Int: Int]) throws(ClassQuotaError) -> ([Int], ResolvedQuotas) {
    let labels = sizes.keys.sorted()
    switch self {
    case .classesTimesSamples(let classes, let samples):
      precondition(classes >= 1 && samples >= 1, "a batch has at least one class and one sample of it")
      guard classes <= labels.count else { throw .tooFewClasses(expected: classes, found: labels.count) }
      return (labels, .classesTimesSamples(classes: classes, samples: samples))
    case .stratified(let least):
      precondition(least >= 0, "the least number of samples is not negative, not \(least)")
      return (labels, .shares(labels.map { Double(sizes[$0, default: 0]) }, atLeast: least))
    case .proportional(let prior, let least):
      precondition(least >= 0, "the least number of samples is not negative, not \(least)")
      let positive = try checked(prior, sizes)
      return (positive, .shares(positive.map { prior[$0, default: 0] }, atLeast: least))
    }
  }

  /// The labels whose shares are above 0, in order.
  private func checked(_ prior: [Int: Double], _ sizes: [Int: Int]) throws(ClassQuotaError) -> [Int] {
    let labels = prior.keys.sorted()
    for label in labels {
      let share = prior[label, default: 0]
      guard share >= 0, share.isFinite else { throw .shareOutOfRange(label: label, share: "\(share)") }
      if share > 0, sizes[label] == nil { throw .classWithoutSamples(label: label) }
    }
    let positive = labels.filter { prior[$0, default: 0] > 0 }
    guard !positive.isEmpty, prior.values.reduce(0, +).isFinite else { throw .noShares }
    return positive
  }
}

/// Numbers of samples of each class for one batch after the other.
struct ShareQuotas: Sendable {
  /// What each batch has, and how what is missing is spread.
  private let whole: [Int]
  private let missing: Int
  private var spread: EvenSpread

  /// - Precondition: the batch size is at least `least` for each class.
  init(_ shares: [Double], atLeast least: Int, batchSize: Int) {
    let exact = raised(shares, to: Double(least), total: Double(batchSize))
    // A quotient that misses a whole number by rounding alone is that number.
    let whole = exact.map { Int($0 + 1e-9) }
    let rest = zip(exact, whole).map { $0 - Double($1) < 1e-9 ? 0 : $0 - Double($1) }
    self.whole = whole
    missing = batchSize - whole.reduce(0, +)
    spread = EvenSpread(weights: rest, total: rest.reduce(0, +))
  }

  mutating func next() -> [Int] {
    var counts = whole
    for _ in 0..<max(missing, 0) { counts[spread.next()] += 1 }
    return counts
  }
}

/// Numbers in proportion to the shares that add up to the total, none below the least.
private func raised(_ shares: [Double], to least: Double, total: Double) -> [Double] {
  var isRaised = shares.map { _ in false }
  while true {
    let free = shares.indices.filter { !isRaised[$0] }
    let sum = free.reduce(0) { $0 + shares[$1] }
    let left = total - least * Double(shares.count - free.count)
    let low = free.filter { shares[$0] / sum * left < least - 1e-9 }
    if low.isEmpty || low.count == free.count {
      return shares.indices.map { isRaised[$0] ? least : max(quotient(shares[$0], left, sum), least) }
    }
    for part in low { isRaised[part] = true }
  }
}

/// The product first, so that equal shares of a multiple of their number are whole; unless it overflows.
private func quotient(_ share: Double, _ total: Double, _ sum: Double) -> Double {
  let product = share * total
  return product.isFinite ? product / sum : share / sum * total
}
