/// What is known about the number of tickets of a stream before they are drawn; `.max` for no end or none that is known.
enum TicketCount {
  case exactly(Int)
  case atMost(Int)

  var isExact: Bool { if case .exactly = self { true } else { false } }

  var limit: Int {
    switch self {
    case .exactly(let count), .atMost(let count): count
    }
  }
}
