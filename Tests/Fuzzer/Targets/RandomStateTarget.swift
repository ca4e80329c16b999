import BatchUp

/// What can be decoded is the same, encoded and decoded again, and draws the same numbers.
func checkRandomState(_ bytes: [UInt8]) throws {
  guard let state = try decoded(NumPyRandomState.self, from: bytes) else { return }
  let copy = try copied(state)
  try require(copy.state == state.state, "a state is the same, encoded and decoded again")
  let order = state.permutation(of: 700)
  try require(order.sorted() == Array(0..<700), "a permutation has each number once")
  try require(copy.permutation(of: 700) == order, "two generators of one state draw the same")
  // Each of them may be NaN in no case.
  try require(state.normal() == copy.normal(), "so they do of normal numbers")
}
