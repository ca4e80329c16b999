import FileTestSupport

/// A member of a tar archive, as it is or as it should not be.
struct TarMember {
  var name: String
  var content: [UInt8] = []
  /// The code of the member's type: `0` for a file, `1` for a hard link, `2` for a symbolic one, `3` for a device, `5`
  /// for a folder.
  var type: Character = "0"
  var link = ""
  /// The size that the header gives, where it is not that of the content.
  var declaredByteCount: Int?

  var bytes: [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
    }
    func octal(_ number: Int, digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put(octal(0o644, digits: 7), at: 100)
    put(octal(declaredByteCount ?? content.count, digits: 11), at: 124)
    put(octal(0, digits: 11), at: 136)
    put(String(repeating: " ", count: 8), at: 148)
    put(String(type), at: 156)
    put(link, at: 157)
    put("ustar", at: 257)
    put("00", at: 263)
    put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\0", at: 148)
    return header + content + [UInt8](repeating: 0, count: -content.count & 511)
  }
}

/// A whole archive.
func tarBytes(_ members: [TarMember]) -> [UInt8] {
  members.flatMap(\.bytes) + [UInt8](repeating: 0, count: 1024)
}

func tarGzip(_ members: [TarMember]) -> [UInt8] { gzipped(tarBytes(members)) }
