import BatchUpSystem
import Foundation
import TestSupport
import Testing

@Suite struct FileStatusTests {
  let folder: FileFolder

  init() throws { folder = try FileFolder() }

  @Test func onlyWhatIsMissingIsAbsent() throws {
    let file = try folder.write([1, 2, 3])
    symlink("file.npy", folder.path("link"))
    symlink("nothing", folder.path("dangling"))
    symlink("loop", folder.path("loop"))
    #expect(try statusIfPresent(at: file)?.st_size == 3)
    #expect(try statusIfPresent(at: folder.path("link"))?.st_size == 3)
    #expect(try statusIfPresent(at: folder.path("link"), followingLinks: false)?.st_size == 8)
    #expect(try statusIfPresent(at: folder.path(""))?.isFolder == true)
    for name in ["nothing", "dangling", "file.npy/x", "nothing/x"] {
      #expect(try statusIfPresent(at: folder.path(name)) == nil)
    }
    #expect(try statusIfPresent(at: folder.path("dangling"), followingLinks: false) != nil)
    for (name, code) in [("loop", ELOOP), (String(repeating: "x", count: 300), ENAMETOOLONG)] {
      let error = #expect(throws: SystemError.self) { try statusIfPresent(at: folder.path(name)) }
      #expect(error?.code == code)
    }
  }

  @Test func namesOfAFolder() throws {
    for name in ["b", ".a", "..c"] { try folder.write([], name: name) }
    var names: [String] = []
    try forEachName(in: folder.path("")) { names.append(String(cString: $0)) }
    #expect(names.sorted() == ["..c", ".a", "b"])
    let error = #expect(throws: SystemError.self) { try forEachName(in: folder.path("no")) { _ in } }
    #expect(error?.code == ENOENT)
  }
}
