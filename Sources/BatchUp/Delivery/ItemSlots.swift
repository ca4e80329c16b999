/// Objects by number, in a ring of slots that grows when more numbers are in use at once than it has slots.
///
/// Their type is the caller's to know: generic code would look it up with every access. Nothing is released here, since
/// the caller holds a lock.
final class ItemSlots {
  // Object i is in slot i modulo their number, which is a power of 2.
  private var slots = [AnyObject?](repeating: nil, count: 8)

  func contains(_ number: Int) -> Bool { slots[place(of: number)] != nil }

  func put(_ object: AnyObject, at number: Int) { slots[place(of: number)] = object }

  func take(_ number: Int) -> AnyObject? { slots[place(of: number)].take() }

  func takeAll() -> [AnyObject] { slots.indices.compactMap { slots[$0].take() } }

  /// Makes room for one more number behind those that may be in use.
  func makeRoom(behind numbers: Range<Int>) {
    guard numbers.count >= slots.count else { return }
    let old = slots
    slots = [AnyObject?](repeating: nil, count: 2 * old.count)
    for number in numbers { slots[place(of: number)] = old[number & (old.count - 1)] }
  }

  private func place(of number: Int) -> Int { number & (slots.count - 1) }
}
