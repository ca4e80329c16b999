import BatchUp
import BatchUpFiles
import FileTestSupport
import Testing

@testable import BatchUpDatasets

/// Sources that are damaged: an error that says so, and no file.
@Suite struct SourceDamageTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("cache.h5") }
  private var source: String { directory.path("source-0") }

  private func failure(_ small: SmallDataset) throws -> (any Error)? {
    do {
      try small.convert(in: directory, to: path)
      return nil
    } catch {
      return error
    }
  }

  private static func isTyped(_ error: (any Error)?) -> Bool {
    error is ArchiveError || error is DatasetContentsError || error is IDXError || error is MATError
      || error is HDF5Error
  }

  private func expect(_ expected: ArchiveError, _ dataset: Dataset, _ members: [TarMember]) throws {
    #expect(throws: expected) {
      try SmallDataset(dataset: dataset, sources: [tarGzip(members)]).convert(in: directory, to: path)
    }
    #expect(!(try directory.contents().contains("cache.h5")))
  }

  @Test(arguments: Dataset.standard.map(\.name)) func everyTruncation(name: String) throws {
    let all = try SmallDataset.all(in: directory)
    let small = try #require(all.first { $0.dataset.name == name })
    let others = try directory.contents()
    // Sources of which all that matters was looked at before; HDF5 files have so many bytes because of their alignment.
    let step = name == "usps" ? 31 : 1
    for (number, whole) in small.sources.enumerated() {
      for count in stride(from: 0, to: whole.count, by: step) {
        var damaged = small
        damaged.sources[number] = Array(whole[..<count])
        let error = try failure(damaged)
        #expect(
          Self.isTyped(error), "\(count) of \(whole.count) bytes of source \(number): \(String(describing: error))")
      }
    }
    let names = small.sources.indices.map { "source-\($0)" }
    #expect(try directory.contents() == (others + names).sorted())
    #expect(try failure(small) == nil)
  }

  /// Each member that matters in turn.
  @Test(arguments: ["cifar10", "cifar100", "stl10"]) func members(name: String) throws {
    let dataset = try #require(Dataset.standard.first { $0.name == name })
    let members =
      switch name {
      case "cifar10": SmallDataset.cifar10Members.filter { $0.name.hasSuffix(".bin") }
      case "cifar100": SmallDataset.cifar100Members
      default: SmallDataset.stl10Members
      }
    for (number, member) in members.enumerated() {
      var others = members
      others.remove(at: number)
      try expect(.missingMember(path: source, member: member.name), dataset, others)
      try expect(.duplicateMember(path: source, member: member.name), dataset, members + [member])
      let withDot = TarMember(name: "./\(member.name)", content: member.content)
      try expect(.duplicateMember(path: source, member: member.name), dataset, [withDot] + members)
    }
  }

  /// Links and devices of the right name are not taken for the member; none of them is followed.
  @Test(arguments: Array("123456")) func whatIsNoFile(type: Character) throws {
    var members = SmallDataset.cifar10Members
    let number = try #require(members.firstIndex { $0.name.hasSuffix("data_batch_2.bin") })
    members[number] = TarMember(
      name: members[number].name, type: type, link: "cifar-10-batches-bin/data_batch_1.bin")
    try expect(.notFile(path: source, member: members[number].name), .cifar10, members)
  }

  /// Members that would be elsewhere on the disk do not matter, and are nowhere.
  @Test func foreignMembers() throws {
    let names = [
      "../x", "/etc/x", "cifar-10-batches-bin/../../x", "..", ".", "x/cifar-10-batches-bin/test_batch.bin",
    ]
    let foreign = names.flatMap { name in
      [
        TarMember(name: name, content: [1, 2, 3]), TarMember(name: name, type: "1", link: "/etc/passwd"),
        TarMember(name: name, type: "2", link: "../.."), TarMember(name: name, type: "3"),
        TarMember(name: name, type: "6"), TarMember(name: name, type: "5"),
      ]
    }
    let small = SmallDataset(dataset: .cifar10, sources: [tarGzip(foreign + SmallDataset.cifar10Members + foreign)])
    try small.convert(in: directory, to: path)
    #expect(try directory.contents() == ["cache.h5", "source-0"])
    #expect(try CIFAR10(cache: path, validationCount: 0).train.sampleCount == SmallDataset.trainCount)
  }

  /// Sizes that are not those of records, none, and more than any machine has.
  @Test func sizes() throws {
    let name = "cifar-10-batches-bin/data_batch_3.bin"
    func with(_ change: (inout TarMember) -> Void) -> [TarMember] {
      SmallDataset.cifar10Members.map { member in
        var member = member
        if member.name == name { change(&member) }
        return member
      }
    }
    for count in [0, 1, 3072, 3074, 6145] {
      try expect(
        .wrongSize(path: source, member: name, expected: 3073, found: count), .cifar10,
        with { $0.content = [UInt8](repeating: 1, count: count) })
    }
    for size in [65 << 20, 0o77_777_777_777] {
      try expect(
        .memberTooLarge(path: source, member: name, limit: 64 << 20, found: size), .cifar10,
        with { $0.declaredByteCount = size })
    }
    // The members behind it are taken for its content.
    let error = try failure(
      SmallDataset(dataset: .cifar10, sources: [tarGzip(with { $0.declaredByteCount = 3073 * 5000 })]))
    guard case ArchiveError.damaged(source, name, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Few compressed bytes that become many: an archive that goes on and on, in front of, between and behind its members.
  @Test(.timeLimit(.minutes(1))) func bombs() throws {
    let limit = 64 << 20
    let zeros = gzipped([UInt8](repeating: 0, count: 16 << 20))
    let members = [ArchiveMember(name: "a", byteLimit: 1)]
    let file = gzipped(TarMember(name: "a", content: [7]).bytes)
    let bomb = gzipped(TarMember(name: "b", declaredByteCount: 128 << 20).bytes) + zeros + zeros + zeros + zeros + zeros
    let whole = gzipped(tarBytes([TarMember(name: "a", content: [7])]))
    for bytes in [file + bomb, bomb + file, whole + zeros + zeros + zeros + zeros + zeros] {
      let path = try directory.write(bytes)
      #expect(throws: ArchiveError.tooLarge(path: path, limit: limit + 1)) {
        try TarArchive.read(path, members) { _, _, archive in _ = try archive.bytes(shape: [1]) }
      }
    }
  }

  /// Check sums are compared, and bytes that were changed never make another file or a crash.
  @Test func changedBytes() throws {
    var generator = SeededGenerator(seed: 5)
    for small in try SmallDataset.all(in: directory) where small.dataset.name != "usps" {
      for _ in 0..<60 {
        var damaged = small
        let number = Int.random(in: damaged.sources.indices, using: &generator)
        let place = Int.random(in: damaged.sources[number].indices, using: &generator)
        damaged.sources[number][place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        let error = try failure(damaged)
        // What the headers of gzip and MATLAB files say does not matter everywhere.
        #expect(
          error == nil ? place < 128 : Self.isTyped(error),
          "\(small.dataset.name): byte \(place) of \(number): \(String(describing: error))")
      }
    }
  }

  @Test func whatIsNoArchive() throws {
    for bytes in [[], [1], tarBytes(SmallDataset.cifar10Members)] as [[UInt8]] {
      let small = SmallDataset(dataset: .cifar10, sources: [bytes])
      #expect(throws: ArchiveError.notGzip(path: source)) { try small.convert(in: directory, to: path) }
    }
    #expect(throws: ArchiveError.cannotOpen(path: directory.path("none"), reason: "No such file or directory")) {
      try Dataset.stl10.convert([directory.path("none")], path)
    }
    #expect(throws: ArchiveError.notRegularFile(path: "/dev/null")) {
      try Dataset.cifar100.convert(["/dev/null"], path)
    }
    let text = gzipped([UInt8](repeating: 65, count: 2000))
    let error = try failure(SmallDataset(dataset: .cifar10, sources: [text]))
    guard case ArchiveError.damaged(source, nil, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
