import BatchUp
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct NPYOutputResumingTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  private var path: String { folder.path("p.npy") }
  private var partialPath: String { path + ".partial" }
  private let array = NDArray<Int16>.pattern(shape: [20, 5])

  private func open(_ fingerprint: [UInt64] = [3, 4]) throws -> NPYOutput<Int16> {
    try NPYOutput(path: path, shape: array.shape, resuming: fingerprint, checkpointInterval: .zero)
  }

  private func finish(_ output: NPYOutput<Int16>) throws {
    let done = output.completedRowCount
    try output.write(array[rows: done..<20], at: done)
    try output.finish()
    #expect(try NDArray<Int16>(npyFile: path) == array)
    #expect(folder.names == ["p.npy"])
    unlink(path)
  }

  /// Leaves a partial file with that many rows; its bytes.
  private func interrupt(after rowCount: Int) throws -> [UInt8] {
    unlink(partialPath)
    do {
      let output = try open()
      for row in 0..<rowCount { try output.write(array[rows: row..<row + 1], at: row) }
    }
    return try folder.bytes("p.npy.partial")
  }

  @Test func goesOnWhereItWasLeft() throws {
    for rowCount in 0...20 {
      _ = try interrupt(after: rowCount)
      let output = try open()
      #expect(output.completedRowCount == rowCount)
      try finish(output)
    }
  }

  @Test func rowsBehindAGapAreDoneAgain() throws {
    do {
      let output = try open()
      for row in [0, 1, 2, 5, 6] { try output.write(array[rows: row..<row + 1], at: row) }
    }
    let output = try open()
    #expect(output.completedRowCount == 3)
    try finish(output)
  }

  @Test func whatHasNotBeenRecordedIsRecordedAtTheEnd() throws {
    do {
      let output = try NPYOutput<Int16>(
        path: path, shape: array.shape, resuming: [3, 4], checkpointInterval: .seconds(1_000))
      try output.write(array[rows: 0..<7], at: 0)
    }
    #expect(try open().completedRowCount == 7)
  }

  @Test func onlyOneAtATime() throws {
    let first = try open()
    #expect(throws: NPYOutputError.locked(path: partialPath)) { try open() }
    try finish(first)
    try finish(open())
  }

  /// A process that another thread starts has a copy of the descriptor, and so of the lock, until it runs its program.
  @Test func processesThatStartMeanwhileHoldNoLock() throws {
    let isOver = Flag()
    let thread = Thread { while !isOver.isSet { popen("true", "r").map { _ = pclose($0) } } }
    thread.start()
    defer { isOver.set() }
    for _ in 0..<300 { #expect(throws: Never.self) { _ = try open() } }
  }

  @Test func anotherComputationIsRefused() throws {
    let before = try interrupt(after: 3)
    let found = NPYOutputError.Identity(elementType: .int16, shape: [20, 5], fingerprint: [3, 4])
    func expectOther<Scalar: NPYScalar>(_: Scalar.Type, _ shape: [Int], _ fingerprint: [UInt64]) {
      let expected = NPYOutputError.Identity(
        elementType: Scalar.npyElementType, shape: shape, fingerprint: fingerprint)
      #expect(throws: NPYOutputError.otherPartialFile(path: partialPath, expected: expected, found: found)) {
        try NPYOutput<Scalar>(path: path, shape: shape, resuming: fingerprint)
      }
    }
    for fingerprint in [[], [3], [4, 3], [3, 4, 0], Array(repeating: 3, count: 64)] as [[UInt64]] {
      expectOther(Int16.self, [20, 5], fingerprint)
    }
    expectOther(UInt16.self, [20, 5], [3, 4])
    expectOther(Double.self, [20, 5], [3, 4])
    for shape in [[20], [21, 5], [20, 6], [20, 5, 1], [200_000, 5]] { expectOther(Int16.self, shape, [3, 4]) }
    #expect(try folder.bytes("p.npy.partial") == before)
    try finish(open())
  }

  @Test func filesOfOthersAreNotTouched() throws {
    for bytes in [[1], Array("something".utf8), [UInt8](repeating: 1, count: 1_000)] {
      try folder.write(bytes, name: "p.npy.partial")
      #expect(throws: NPYOutputError.damagedPartialFile(path: partialPath, reason: "it is not an .npy file")) {
        try open()
      }
      #expect(try folder.bytes("p.npy.partial") == bytes)
    }
  }

  /// As after a kill while the file was made: zeros, and a header; or while it was finished: no trailer.
  @Test func whatWasBeingMadeIsMadeAgain() throws {
    let whole = try interrupt(after: 5)
    let header = Array(whole[..<128])
    let end = 128 + 200
    for bytes in [
      [], [0], [UInt8](repeating: 0, count: whole.count), Array(whole[..<end]), header,
      header + [UInt8](repeating: 0, count: whole.count - 128),
      [UInt8](repeating: 0, count: end) + Array(whole[end...]),
    ] {
      try folder.write(bytes, name: "p.npy.partial")
      let output = try open()
      #expect(output.completedRowCount == 0)
      try finish(output)
    }
  }

  /// Leaves a partial file and a record of a run whose last step failed, since a folder has the file's name; the bytes of
  /// both.
  private func failToRename(_ fingerprint: [UInt64] = [3, 4]) throws -> (partial: [UInt8], record: [UInt8]) {
    do {
      let output = try NPYOutput<Int16>(
        path: path, shape: array.shape, resuming: fingerprint, checkpointInterval: .seconds(1_000))
      mkdir(path, 0o700)
      try output.write(array, at: 0)
      #expect(throws: NPYOutputError.self) { try output.finish() }
    }
    rmdir(path)
    #expect(folder.names == ["p.npy.partial", "p.npy.partial.complete"])
    return (try folder.bytes("p.npy.partial"), try folder.bytes("p.npy.partial.complete"))
  }

  private func set(_ partial: [UInt8]?, _ record: [UInt8]?) throws {
    for name in folder.names { unlink(folder.path(name)) }
    if let partial { try folder.write(partial, name: "p.npy.partial") }
    if let record { try folder.write(record, name: "p.npy.partial.complete") }
  }

  @Test func whatCouldNotBeFinishedIsFinishedTheNextTime() throws {
    _ = try failToRename()
    let output = try open()
    #expect(output.completedRowCount == 20)
    try finish(output)
  }

  @Test func whatCouldNotBeFinishedIsFinishedByTheSameOutput() throws {
    let output = try open()
    try output.write(array, at: 0)
    mkdir(path, 0o700)
    #expect(throws: NPYOutputError.self) { try output.finish() }
    #expect(throws: NPYOutputError.self) { try output.finish() }
    rmdir(path)
    try output.finish()
    #expect(try NDArray<Int16>(npyFile: path) == array)
    #expect(folder.names == ["p.npy"])
  }

  @Test func withoutARecordTheRowsAreStillRecorded() throws {
    do {
      let output = try NPYOutput<Int16>(
        path: path, shape: array.shape, resuming: [3, 4], checkpointInterval: .seconds(1_000))
      try output.write(array, at: 0)
      mkdir(partialPath + ".complete", 0o700)
      #expect(throws: NPYOutputError.self) { try output.finish() }
    }
    // A record is not what anything else of its name is.
    rmdir(partialPath + ".complete")
    let output = try open()
    #expect(output.completedRowCount == 20)
    try finish(output)
  }

  /// As a process leaves it that is killed between any two steps of `finish()`.
  @Test func killedWhileItIsFinished() throws {
    let (complete, record) = try failToRename()
    try set(nil, nil)
    let withTrailer = try interrupt(after: 20)
    for (partial, record) in [(withTrailer, nil), (withTrailer, record), (complete, record)] as [([UInt8], [UInt8]?)] {
      try set(partial, record)
      let output = try open()
      #expect(output.completedRowCount == 20)
      try finish(output)
    }
    // Behind the last step but one: the file has its name, and the record says nothing about the next one.
    for fingerprint in [[3, 4], [5]] as [[UInt64]] {
      try set(nil, record)
      let output = try open(fingerprint)
      #expect(output.completedRowCount == 0)
      #expect(folder.names == ["p.npy.partial"])
      try finish(output)
    }
    // And where the next one is as it was without a record, as an earlier version left it.
    try set(complete, nil)
    #expect(try open().completedRowCount == 0)
  }

  @Test func theRecordOfAnotherComputationIsRefused() throws {
    let (complete, record) = try failToRename()
    let found = NPYOutputError.Identity(elementType: .int16, shape: [20, 5], fingerprint: [3, 4])
    let expected = NPYOutputError.Identity(elementType: .int16, shape: [20, 5], fingerprint: [3, 5])
    #expect(throws: NPYOutputError.otherPartialFile(path: partialPath, expected: expected, found: found)) {
      try open([3, 5])
    }
    #expect(try folder.bytes("p.npy.partial") == complete)
    #expect(try folder.bytes("p.npy.partial.complete") == record)
    try finish(open())
  }

  @Test func damagedRecords() throws {
    let (complete, record) = try failToRename()
    var acceptedCount = 0
    for position in record.indices {
      var bytes = record
      bytes[position] ^= 0x10
      try set(complete, bytes)
      // Of the two places for the number of rows, the other one does not count.
      if let output = try? open() {
        #expect(output.completedRowCount == 20)
        acceptedCount += 1
      }
    }
    #expect(acceptedCount == 24)
    for count in record.indices {
      try set(complete, Array(record[..<count]))
      #expect(throws: NPYOutputError.self) { try open() }
    }
    #expect(try folder.bytes("p.npy.partial") == complete)
    try set(complete, nil)
    mkfifo(partialPath + ".complete", 0o600)
    #expect(throws: NPYOutputError.self) { try open() }
  }

  @Test func damagedTrailers() throws {
    let whole = try interrupt(after: 5)
    let end = 128 + 200
    var outcomes: Set<Int> = []
    for position in end..<whole.count {
      var bytes = whole
      bytes[position] ^= 0x10
      try folder.write(bytes, name: "p.npy.partial")
      // A record whose check sum is wrong does not count: the one before it does.
      if let output = try? open() { outcomes.insert(output.completedRowCount) }
    }
    #expect(outcomes == [4, 5])
    for count in end + 8..<whole.count {
      try folder.write(Array(whole[..<count]), name: "p.npy.partial")
      #expect(throws: NPYOutputError.self) { try open() }
    }
  }

  /// The place of its trailer would be beyond all numbers.
  @Test func anotherFileThatTellsOfTheMostBytes() throws {
    try folder.write(npyHeader(descriptor: "|u1", shape: [.max]), name: "p.npy.partial")
    let expected = NPYOutputError.Identity(elementType: .int16, shape: [20, 5], fingerprint: [3, 4])
    let found = NPYOutputError.Identity(elementType: .uint8, shape: [.max], fingerprint: [])
    #expect(throws: NPYOutputError.otherPartialFile(path: partialPath, expected: expected, found: found)) { try open() }
  }

  @Test func aRecordAfterWhichThereIsNoOther() throws {
    let whole = try interrupt(after: 5)
    let place = 128 + 200 + 5 * 8
    for (number, isDamaged) in [(UInt64.max, true), (.max - 1, false)] {
      // FNV-1a with words in place of bytes.
      let sum = [number, 5].reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ $1) &* 0x0000_0100_0000_01B3 }
      var bytes = whole
      bytes.replaceSubrange(
        place..<place + 24, with: [number, 5, sum].flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })
      try folder.write(bytes, name: "p.npy.partial")
      if isDamaged { #expect(throws: NPYOutputError.self) { try open() } } else { try finish(open()) }
    }
  }

  /// Killed at any moment, again and again, and never asked twice for what it has said to be done.
  @Test func killedAgainAndAgain() throws {
    let rowCount = 400
    var generator = SeededGenerator(seed: 5)
    var killCount = 0
    while !folder.names.contains("p.npy") {
      let said = try runFixture(rowCount: rowCount, killedAfter: Int.random(in: 0...60, using: &generator))
      if folder.names.contains("p.npy") { break }
      killCount += 1
      try #require(killCount < 200)
      guard folder.names == ["p.npy.partial"] else { continue }
      let output = try NPYOutput<Int32>(path: path, shape: [rowCount, 300], resuming: [1, 2])
      #expect(output.completedRowCount >= said)
    }
    #expect(killCount > 3)
    let elements = (0..<rowCount * 300).map(Int32.init)
    try NDArray(elements, shape: [rowCount, 300]).write(npyFile: folder.path("expected.npy"))
    #expect(try folder.bytes("p.npy") == folder.bytes("expected.npy"))
    #expect(folder.names == ["expected.npy", "p.npy"])
  }

  /// Runs the fixture until it has said that often that a row is done; how many it has in fact.
  private func runFixture(rowCount: Int, killedAfter count: Int) throws -> Int {
    var pipes: [Int32] = [0, 0]
    try #require(pipe(&pipes) == 0)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO)
    posix_spawn_file_actions_addclose(&actions, pipes[0])
    posix_spawn_file_actions_addclose(&actions, pipes[1])
    defer { posix_spawn_file_actions_destroy(&actions) }
    // However late the signal comes, there are not many more rows.
    let restCount = count + 30
    let texts: [String] = [workerFixturePath, "output", path, "\(rowCount)", "\(restCount)"]
    let arguments = texts.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    try #require(posix_spawn(&child, workerFixturePath, &actions, nil, arguments + [nil], environ) == 0)
    close(pipes[1])
    defer { close(pipes[0]) }
    var byte: UInt8 = 0
    var said = 0
    while said < count, read(pipes[0], &byte, 1) == 1 { said += 1 }
    kill(child, SIGKILL)
    while read(pipes[0], &byte, 1) == 1 { said += 1 }
    waitpid(child, nil, 0)
    return said
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
