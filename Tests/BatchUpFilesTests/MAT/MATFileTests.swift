import BatchUp
import FileTestSupport
import Foundation
import Testing

@testable import BatchUpFiles

@Suite struct MATFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }

  private func open(_ variables: [UInt8]) throws -> MATFile {
    try MATFile(path: directory.write(MATContents.header + variables))
  }

  private let numbers = MATContents.variable("X", flags: 9, shape: [2, 3, 4], type: 2, Array(0..<24))
  private let labels = MATContents.variable("y", flags: 6, shape: [3, 1], type: 2, [10, 1, 2])
  private let flags = MATContents.variable("ok", flags: 0x209, shape: [1, 2], type: 2, [1, 0])
  private let cells = MATContents.variable("c", flags: 1, shape: [1, 1], type: 14, [])

  @Test(arguments: [false, true])
  func whatIsReadIsInTheOrderOfArraysHere(isCompressed: Bool) throws {
    let variables = [numbers, labels, flags, cells]
    let file = try open(variables.flatMap { isCompressed ? MATContents.compressed($0) : $0 })
    #expect(file.variables.map(\.name) == ["X", "y", "ok", "c"])
    #expect(file.variables.map(\.typeDescription) == ["uint8", "double", "logical", "cell"])
    #expect(file.variables.map(\.elementType) == [.uint8, .float64, .bool, nil])
    #expect(file.variables.allSatisfy { $0.isCompressed == isCompressed })
    let array = try file.array(named: "X", of: UInt8.self)
    #expect(array.shape == [2, 3, 4])
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { #expect(array[i, j, k] == UInt8(i + 2 * j + 6 * k)) } } }
    // Stored in bytes, as MATLAB does where they are enough.
    #expect(try file.array(named: "y", of: Double.self) == NDArray([10, 1, 2], shape: [3, 1]))
    #expect(try file.array(named: "ok", of: Bool.self).scalars == [true, false])
  }

  /// libmatio would take 8 bytes for each cell.
  @Test(arguments: [false, true]) func behindCellsThatLie(isCompressed: Bool) throws {
    let lie = MATContents.variable("c", flags: 1, shape: [.max, 1], type: 14, [])
    let variables = [lie, numbers, cells, labels]
    let file = try open(variables.flatMap { isCompressed ? MATContents.compressed($0) : $0 })
    #expect(try file.array(named: "X", of: UInt8.self)[1, 2, 3] == 23)
    #expect(try file.array(named: "y", of: Double.self) == NDArray([10, 1, 2], shape: [3, 1]))
  }

  @Test func whatCannotBeRead() throws {
    let file = try open(numbers + cells)
    #expect(throws: MATError.noVariable(path: path, variable: "Y")) { try file.array(named: "Y", of: UInt8.self) }
    #expect(throws: MATError.wrongElementType(path: path, variable: "X", expected: .int8, found: .uint8)) {
      try file.array(named: "X", of: Int8.self)
    }
    #expect(throws: MATError.unsupportedClass(path: path, variable: "c", expected: .int8, found: "cell")) {
      try file.array(named: "c", of: Int8.self)
    }
    #expect(throws: MATError.notRegularFile(path: "/dev/null")) { try MATFile(path: "/dev/null") }
    var newer = MATContents.header
    newer[125] = 2
    #expect(throws: MATError.version73(path: path)) { try MATFile(path: directory.write(newer)) }
    #expect(throws: MATError.notMAT5(path: path)) { try MATFile(path: directory.write([1, 2, 3])) }
  }

  /// Every shape of up to four axes, with and without tiles that are cut off, against the definition.
  @Test func reversedAxes() {
    for shape in [
      [], [0], [5], [1, 7], [7, 1], [2, 3], [65, 130], [3, 0, 2], [2, 3, 4], [1, 3, 1, 2], [66, 2, 3, 65],
    ] {
      let count = shape.reduce(1, *)
      let array = NDArray<UInt32>((0..<UInt32(count)).map { $0 }, shape: shape)
      let reversed = array.withReversedAxes()
      #expect(reversed.shape == shape.reversed())
      let isRight = reversed.scalars.enumerated().allSatisfy { place, value in
        var (rest, position) = (place, 0)
        var indices: [Int] = []
        for length in shape {
          indices.append(rest % length)
          rest /= length
        }
        for (index, length) in zip(indices, shape) { position = position * length + index }
        return Int(value) == position
      }
      #expect(isRight, "\(shape)")
    }
  }

  /// libmatio would return what follows, or what was in memory.
  @Test(arguments: [false, true])
  func sizesThatLie(isCompressed: Bool) throws {
    func failure(_ variable: [UInt8]) throws -> MATError? {
      do throws(MATError) {
        let path: String
        do {
          path = try directory.write(MATContents.header + (isCompressed ? MATContents.compressed(variable) : variable))
        } catch { return nil }
        _ = try MATFile(path: path).array(named: "X", of: UInt8.self)
        return nil
      } catch { return error }
    }
    for byteCount in [0, 1, 23, 25, 1 << 31, Int(UInt32.max)] {
      let lying = MATContents.variable("X", flags: 9, shape: [2, 3, 4], type: 2, Array(0..<24), byteCount: byteCount)
      #expect(
        try failure(lying)
          == .invalidVariable(path: path, variable: "X", defect: "has \(byteCount) bytes, not the 24 of its shape"))
    }
    let huge = MATContents.variable("X", flags: 9, shape: [1 << 30, 3], type: 2, [1, 2])
    let limit = Int(Int32.max)
    #expect(try failure(huge) == .tooManyElements(path: path, variable: "X", limit: limit, found: 3 << 30))
    let missing = MATContents.variable("X", flags: 9, shape: [1 << 30, 1], type: 2, [1, 2], byteCount: 1 << 30)
    #expect(try failure(missing) == .invalidVariable(path: path, variable: "X", defect: "ends before it is complete"))
    #expect(try failure(numbers) == nil)
  }

  @Test func everyTruncation() throws {
    for variables in [numbers + labels, MATContents.compressed(numbers) + MATContents.compressed(labels)] {
      let whole = MATContents.header + variables
      for count in whole.indices {
        let path = try directory.write(Array(whole[..<count]))
        // Where a variable ends, a file without the others is whole.
        do throws(MATError) {
          let file = try MATFile(path: path)
          #expect(file.variables.count < 2 && (file.variables.last?.byteRange.upperBound ?? 128) == count)
        } catch {
          switch error {
          case .notMAT5: #expect(count < 128)
          case .truncated(_, let expected, let found): #expect(found == count && expected > count)
          default: Issue.record("\(count): \(error)")
          }
        }
      }
    }
  }

  /// Any of these may read or not, but must come back; in a process of its own, since libmatio might crash.
  @Test func changedBytes() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let numbers = MATContents.variable("X", flags: 9, shape: [2, 3, 4], type: 2, Array(0..<24))
      let labels = MATContents.variable("y", flags: 6, shape: [3, 1], type: 2, [10, 1, 2])
      let seeds = [numbers + labels, MATContents.compressed(numbers) + MATContents.compressed(labels)]
      var generator = SeededGenerator(seed: 4)
      var failureCount = 0
      for seed in seeds {
        for _ in 0..<250 {
          var bytes = MATContents.header + seed
          for _ in 0..<Int.random(in: 1...3, using: &generator) {
            bytes[Int.random(in: 120..<bytes.count, using: &generator)] = .random(in: 0 ... .max, using: &generator)
          }
          let path = try directory.write(bytes)
          do throws(MATError) {
            let file = try MATFile(path: path)
            for variable in file.variables where variable.shape.allSatisfy({ $0 < 1 << 10 }) {
              switch variable.elementType {
              case .uint8: _ = try file.array(named: variable.name, of: UInt8.self)
              case .float64: _ = try file.array(named: variable.name, of: Double.self)
              default: break
              }
            }
          } catch { failureCount += 1 }
        }
      }
      #expect(failureCount > 50)
    }
  }
}
