import BatchUp
import BatchUpFiles
import BatchUpSystem

/// Why a data set cannot be had.
public enum DatasetError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// A file of this machine that the data set is made of is not there.
  case missingFile(dataset: String, path: String)
  /// A file of this machine has not the SHA-256 of the one that the data set is made of.
  case wrongDigest(path: String, expected: String, found: String)
  /// A file of this machine has not the size of the one that the data set is made of.
  case wrongByteCount(path: String, expected: Int, found: Int)
  /// No address has delivered the file; the failures are in the order in which the addresses were tried.
  case cannotDownload(dataset: String, file: String, failures: [DownloadFailure])
  /// The file would have to be downloaded, which was not wanted. Where the data set was there, but damaged, `damage`
  /// says how.
  case offline(dataset: String, file: String, damage: String?)
  /// The sources are in order, but the data set could not be made of them; `reason` is what the conversion, or the check
  /// of what it made, says.
  case conversionFailed(dataset: String, reason: String)
  /// The data folder does not have the data set's file.
  case notCached(dataset: String, path: String)
  /// The file in the data folder is not the data set, or not whole; `reason` is what its check says.
  case damaged(dataset: String, path: String, reason: String)
  /// The setting or the environment variable that names the data folder has no path in it.
  case invalidDataFolder(setting: String)
  /// A folder or a file that is needed to fetch or to remove a data set belongs to the user `owner`, and is not used, or
  /// cannot be changed.
  case belongsToAnotherUser(path: String, owner: String)
  /// There is a symbolic link where fetching makes a file or folder of its own; it is not followed.
  case symbolicLink(path: String)
}

extension DatasetError: FileError, FileReadingError, FileWritingError, OwnFolderError {}

extension DatasetError: CustomStringConvertible {
  /// What is wrong and, where it helps, what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .missingFile(let dataset, let path):
      "\(path): there is no such file, of which \(dataset) is to be made; put it there, or name another folder"
    case .wrongDigest(let path, let expected, let found):
      "\(path): is another file than expected, or damaged: its SHA-256 is \(found), not \(expected)"
    case .wrongByteCount(let path, let expected, let found): "\(path): has \(found) bytes, not \(expected)"
    case .cannotDownload(let dataset, let file, let failures):
      "\(dataset): \(file) cannot be downloaded"
        + (failures.isEmpty ? ", since it has no address" : ": " + failures.map(\.description).joined(separator: "; "))
        + "; get the file otherwise and name its folder, or try again later"
    case .offline(let dataset, let file, let damage):
      (damage.map { "\(dataset): is damaged (\($0)), and \(file) " } ?? "\(dataset): \(file) ")
        + "may not be downloaded offline; name a folder that has the file, or go online"
    case .conversionFailed(let dataset, let reason): "\(dataset): cannot be made of its files: \(reason)"
    case .notCached(let dataset, let path): "\(path): there is no such file; fetch \(dataset) first"
    case .damaged(let dataset, let path, let reason):
      "\(path): is not \(dataset), or is damaged: \(reason); fetch it again"
    case .invalidDataFolder(let setting): "\(setting) names no folder; give it the path of one, or remove it"
    case .belongsToAnotherUser(let path, let owner):
      "\(path): belongs to another user, expected \(userName(geteuid())), found \(owner); have that user remove it or let "
        + "you write to it, or use another data folder (BATCHUP_HOME)"
    case .symbolicLink(let path):
      "\(path): is a symbolic link, which is not followed, expected nothing or what an earlier fetch left; remove the link"
    }
  }
}

/// A message without line ends.
func oneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).joined(separator: " ")
}
