import BatchUp
import BatchUpSystem
import Foundation
import Testing

@testable import BatchUpDatasets

/// Where data sets are kept, by a file in the syntax of Python's `configparser`.
@Suite struct DataFolderTests {
  let folder: NumbersFolder

  init() throws {
    folder = try NumbersFolder()
  }

  func standard(_ environmentValue: String? = nil) throws -> (path: String, warnings: [String]) {
    var warnings: [String] = []
    let found = try DataFolder.standard(homeFolder: folder.path("home"), environmentValue: environmentValue) {
      warnings.append($0)
    }
    return (found.path, warnings)
  }

  #if os(Linux)
    /// Elsewhere, file systems refuse such names.
    @Test func namesThatAreNotUTF8() async throws {
      let name = Array("caf".utf8) + [0xE9]
      let data = DataFolder(path: folder.path("") + String(pathBytes: name))
      let source = try folder.write(numbers(), "mine/numbers.dat")
      let dataset = Dataset(
        name: "numbers", file: "numbers.npy", sources: [SourceFile("numbers.dat", from: .copy(path: source))],
        check: { _ = try NDArray<UInt8>(npyFile: $0) }
      ) { sources, target in
        guard try isRegularFile(sources[0]) else { throw NotWhole() }
        try NDArray<UInt8>([1, 2, 3]).write(npyFile: target)
      }
      let path = try await dataset.fetch(folder.options { $0.folder = data })
      #expect(path == data.path + "/numbers.npy")
      var names: [[UInt8]] = []
      try forEachName(in: folder.path("")) { names.append(String(systemPath: $0).pathBytes) }
      #expect(names.contains(name))
      #expect(try dataset.isCached(in: data))
      try await dataset.verify(in: data)
      try await dataset.remove(from: data)
      #expect(try !dataset.isCached(in: data))
      names = []
      try forEachName(in: data.path) { names.append(String(systemPath: $0).pathBytes) }
      #expect(names.isEmpty)
    }
  #endif

  @Test func theOrderOfWhatIsAsked() throws {
    let home = folder.path("home")
    #expect(try standard() == (home + "/.batchup/data", []))
    #expect(try standard("/x") == ("/x/data", []))
    #expect(try standard("/x/") == ("/x/data", []))
    try folder.write(Array("[other]\ndata_dir = /z\n".utf8), "home/.batchup.cfg")
    #expect(try standard("/x") == ("/x/data", []))
    try folder.write(Array("[paths]\ndata_dir = /y\n".utf8), "home/.batchup.cfg")
    #expect(try standard("/x") == ("/y/data", []))
    #expect(try standard() == ("/y/data", []))
  }

  @Test func filesThatCannotBeParsedCountAsEmpty() throws {
    let texts: [[UInt8]] = [
      Array("data_dir = /y".utf8), Array("[paths]\ndata_dir = /y\nnonsense\n".utf8), [0xFF, 0xFE],
      Array("[paths]\ndata_dir = /y\n[paths]\n".utf8), [UInt8](repeating: 10, count: 1 << 21),
    ]
    for text in texts {
      try folder.write(text, "home/.batchup.cfg")
      let (path, warnings) = try standard("/x")
      #expect(path == "/x/data")
      #expect(warnings.count == 1 && warnings.allSatisfy { $0.contains(".batchup.cfg") && !$0.contains("\n") })
    }
  }

  @Test func filesThatCannotBeOpenedCountAsEmptyWithAWarning() throws {
    let file = folder.path("home/.batchup.cfg")
    func expectWarning(_ code: Int32) throws {
      let reason = "it cannot be opened: \(String(cString: strerror(code)))"
      #expect(try standard("/x") == ("/x/data", ["WARNING: \(file) is not used: \(reason)"]))
    }
    try folder.write([], "home/.batchup.cfg/x")
    try expectWarning(EISDIR)
    try FileManager.default.removeItem(atPath: file)
    try folder.link("home/.batchup.cfg", to: file)
    try expectWarning(ELOOP)
  }

  @Test func settingsWithoutAPathAreErrors() throws {
    #expect(throws: DatasetError.invalidDataFolder(setting: "the variable BATCHUP_HOME")) { try standard("") }
    try folder.write(Array("[paths]\ndata_dir =\n".utf8), "home/.batchup.cfg")
    let file = folder.path("home/.batchup.cfg")
    #expect(throws: DatasetError.invalidDataFolder(setting: "data_dir in \(file)")) { try standard("/x") }
  }

  @Test func theEnvironmentOfThisProcess() async {
    await #expect(processExitsWith: .success) {
      let folder = try NumbersFolder()
      setenv("HOME", folder.path("") + "//", 1)
      unsetenv("BATCHUP_HOME")
      let home = folder.path("").dropLast()
      #expect(try DataFolder.standard().path == home + "/.batchup/data")
      setenv("BATCHUP_HOME", "relative", 1)
      #expect(try DataFolder.standard().path == "relative/data")
      try folder.write(Array("[paths]\ndata_dir: ~/x y\n".utf8), ".batchup.cfg")
      #expect(try DataFolder.standard().path == "~/x y/data")
    }
  }

  static let texts: [(text: String, value: String?)] = [
    ("", nil), ("[paths]", nil), ("[paths]\ndata_dir=/a", "/a"), ("[paths]\ndata_dir:/a", "/a"),
    ("[paths]\n  DATA_Dir  =  /a b  \n", "/a b"), ("[paths]\ndata_dir = /a:b=c\n", "/a:b=c"),
    ("[paths]\r\ndata_dir = /a\r\n", "/a"), ("[paths]\rdata_dir = /a\r", "/a"),
    ("# c\n; c\n\n[paths]\n# c\ndata_dir = /a ; no comment # either\n", "/a ; no comment # either"),
    ("[paths]\ndata_dir = /a\n  b\n\n  c\n\n\n", "/a\nb\n\nc"), ("[paths]\ndata_dir =\n  /a\n", "\n/a"),
    ("[paths]\ndata_dir = /a\n  # c\n  b\n", "/a\nb"), ("[paths]\n  data_dir = /a\n  other = b\n", "/a"),
    ("[paths]\ndata_dir = /a\n [x]\n", "/a\n[x]"), ("[ paths ]\ndata_dir = /a\n", nil),
    ("[Paths]\ndata_dir = /a\n", nil), ("[paths] trailing\ndata_dir = /a\n", "/a"),
    ("[DEFAULT]\ndata_dir = /d\n[paths]\n", "/d"), ("[DEFAULT]\ndata_dir = /d\n", nil),
    ("[DEFAULT]\ndata_dir = /d\n[paths]\ndata_dir = /a\n", "/a"), ("[paths]\ndata_dir = ü 数\n", "ü 数"),
    ("[paths]\ndata_dir = %(x)s $y\n", "%(x)s $y"), ("[paths]\ndata_dir = \"/a\"\n", "\"/a\""),
  ]

  @Test func values() throws {
    for (text, value) in Self.texts {
      #expect(try ConfigurationFile(text: text).value(of: "data_dir", in: "paths") == value, "\(text.debugDescription)")
    }
  }

  /// Texts of a few pieces in any order, and what Python makes of them, where there is a Python.
  @Test func pythonReadsTheSame() throws {
    let pieces = [
      "[paths]", "[DEFAULT]", "[other]", "[]", "[a]b]", "data_dir = /a", "data_dir: /b", "DATA_DIR=/c",
      " data_dir = /d",
      "other = 1", " continued", "\tdeeper", "", "  ", "# comment", " ; comment", "nonsense", "= no name", "=",
      "[paths",
      "data_dir", "data_dir =", "\u{A0}nbsp = 1", "x\u{85}y = 2", "\u{1C}z = 3", "data_dir = /ü\u{3000}", "[paths]#",
      "\u{FEFF}",
    ]
    var state: UInt64 = 7
    func draw(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
    var texts = Self.texts.map(\.text)
    for i in 0..<4000 {
      // Most of them are in the syntax at the start.
      let head = ["[paths]\n", "[paths]\ndata_dir = /a\n", "[DEFAULT]\n", ""][i % 4]
      let lineEnd = ["\n", "\r\n", "\r"][draw(3)]
      texts.append(head + (0..<draw(6)).map { _ in pieces[draw(i % 2 == 0 ? 15 : pieces.count)] + lineEnd }.joined())
    }
    guard let expected = try pythonValues(texts) else { return }
    #expect(expected.count == texts.count)
    for (text, value) in zip(texts, expected) {
      let found = (try? ConfigurationFile(text: text))?.value(of: "data_dir", in: "paths")
      #expect(found == value, "\(text.debugDescription)")
    }
    #expect(expected.count { $0 != nil } > 300)
  }

  private func pythonValues(_ texts: [String]) throws -> [String?]? {
    let input = try folder.write([UInt8](JSONEncoder().encode(texts)), "texts.json")
    let program = """
      import configparser, json, sys
      values = []
      for i, text in enumerate(json.load(open(sys.argv[1], encoding="utf-8"))):
        with open(sys.argv[2], "w", encoding="utf-8", newline="") as file: file.write(text)
        config = configparser.RawConfigParser()
        try:
          config.read(sys.argv[2], encoding="utf-8")
          values.append(config.get("paths", "data_dir"))
        except Exception: values.append(None)
      json.dump(values, open(sys.argv[3], "w"))
      """
    let script = try folder.write(Array(program.utf8), "read.py")
    let output = folder.path("values.json")
    let command = "python3 '\(script)' '\(input)' '\(folder.path("one.cfg"))' '\(output)' 2>&1"
    guard let stream = popen(command, "r"), pclose(stream) == 0 else { return nil }
    return try JSONDecoder().decode([String?].self, from: Data(contentsOf: URL(filePath: output)))
  }
}
