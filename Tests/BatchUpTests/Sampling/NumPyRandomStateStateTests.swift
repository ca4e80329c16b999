import BatchUp
import Foundation
import Testing

/// The state, taken out, put back, copied and encoded.
@Suite struct NumPyRandomStateStateTests {
  /// At each position of a block, with and without a normal number held back.
  private static func states() -> [NumPyRandomState] {
    (0..<700).map { count in
      let state = NumPyRandomState(seed: 3)
      _ = state.integers(in: UInt32.min...UInt32.max, shape: [count])
      if count % 2 == 1 { _ = state.normal() }
      return state
    }
  }

  private static func draws(_ state: NumPyRandomState) -> [UInt64] {
    [state.normal().bitPattern, state.next(), state.normal().bitPattern, state.normal().bitPattern, state.next()]
  }

  @Test func aStateThatIsSetGoesOnFromThere() throws {
    let other = NumPyRandomState(seed: 4)
    for state in Self.states() {
      let before = state.state
      let copy = state.copy()
      let decoded = try JSONDecoder().decode(NumPyRandomState.self, from: JSONEncoder().encode(state))
      let expected = Self.draws(state)
      #expect(state.state != before)
      other.state = before
      for again in [other, copy, decoded, NumPyRandomState(state: before)] {
        #expect(again.state == before)
        #expect(Self.draws(again) == expected)
      }
      let parts = try NumPyRandomState.State(
        key: before.key, position: before.position, cachedNormal: before.cachedNormal)
      #expect(parts == before && parts.hashValue == before.hashValue)
    }
  }

  @Test func aNewStateHasUsedItsBlockUp() {
    let state = NumPyRandomState(seed: 1).state
    #expect(state.key.count == 624 && state.position == 624 && state.cachedNormal == nil)
    // get_state()[1][:3], NumPy 2.4.6.
    #expect(state.key[..<3] == [1, 1_812_433_254, 3_713_160_357])
  }

  @Test func impossibleStatesAreRefused() throws {
    let key = NumPyRandomState(seed: 1).state.key
    let zeros = [UInt32](repeating: 0, count: 624)
    typealias State = NumPyRandomState.State
    typealias StateError = NumPyRandomState.StateError
    #expect(throws: StateError.wordCount(expected: 624, found: 0)) { try State(key: [], position: 0) }
    #expect(throws: StateError.wordCount(expected: 624, found: 625)) { try State(key: key + [1], position: 0) }
    for position in [Int.min, -1, 625, Int.max] {
      #expect(throws: StateError.position(expected: 0...624, found: position)) {
        try State(key: key, position: position)
      }
    }
    #expect(throws: StateError.cachedNormalNotFinite(found: .infinity)) {
      try State(key: key, position: 0, cachedNormal: .infinity)
    }
    #expect(throws: StateError.self) { try State(key: key, position: 0, cachedNormal: .nan) }
    #expect(throws: StateError.onlyZeros) { try State(key: zeros, position: 0) }
    #expect(throws: StateError.onlyZeros) { try State(key: [0x7fff_ffff] + zeros.dropLast(), position: 624) }
    _ = try State(key: [0x8000_0000] + zeros.dropLast(), position: 624)
    _ = try State(key: zeros.dropLast() + [1], position: 0)
  }

  @Test func damagedEncodingsAreRefused() throws {
    let text = try #require(
      String(data: JSONEncoder().encode(NumPyRandomState(seed: 1).state), encoding: .utf8))
    let damaged = [
      text.replacingOccurrences(of: "\"position\":624", with: "\"position\":625"),
      text.replacingOccurrences(of: "\"position\":624", with: "\"position\":-1"),
      text.replacingOccurrences(of: "\"key\":[1,", with: "\"key\":["),
      text.replacingOccurrences(of: "\"key\":[1,", with: "\"key\":[-1,"),
    ]
    for text in damaged {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(NumPyRandomState.State.self, from: Data(text.utf8))
      }
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(NumPyRandomState.self, from: Data(text.utf8))
      }
    }
    let restored = try JSONDecoder().decode(NumPyRandomState.self, from: Data(text.utf8))
    #expect(restored.state == NumPyRandomState(seed: 1).state)
  }
}
