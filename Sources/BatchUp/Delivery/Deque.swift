/// A queue in a ring of memory, which allocates only to grow.
struct Deque<Element> {
  private var ring: [Element?] = []
  private var first = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) {
    if count == ring.count { grow() }
    ring[(first + count) % ring.count] = element
    count += 1
  }

  mutating func popFirst() -> Element? {
    if isEmpty { return nil }
    defer {
      ring[first] = nil
      first = (first + 1) % ring.count
      count -= 1
    }
    return ring[first]
  }

  mutating func removeAll() -> [Element] {
    var elements: [Element] = []
    while let element = popFirst() { elements.append(element) }
    return elements
  }

  private mutating func grow() {
    let elements = removeAll()
    ring = elements.map { $0 } + [Element?](repeating: nil, count: Swift.max(elements.count, 4))
    first = 0
    count = elements.count
  }
}
