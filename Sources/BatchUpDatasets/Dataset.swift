/// A data set that is made from published files, once, and then kept in the data folder.
///
/// ```swift
/// let digits = Dataset(
///   name: "my-digits", file: "my-digits.h5",
///   sources: [SourceFile("digits.npz", from: .download(["https://example.org/digits.npz"]), sha256: "9f86…")]
/// ) { sources, target in
///   let archive = try NPZFile(path: sources[0])
///   var file = HDF5Writer()
///   file.add(try archive.array(named: "images", of: UInt8.self), named: "/digits/images")
///   try file.write(to: target)
/// }
/// let path = try await digits.fetch()
/// ```
public struct Dataset: Sendable {
  /// What the data set is called, in messages and on the command line.
  public let name: String
  /// The name of its file in the data folder.
  public let file: String
  /// What it is made of.
  public let sources: [SourceFile]
  /// What its file has in it; nil where only `check` knows.
  let layout: CacheLayout?
  /// Throws where a file in the data folder is not this data set, or not whole.
  package let check: @Sendable (_ path: String) throws -> Void
  /// Makes the file at `target` from the sources, whose paths come in their order.
  package let convert: @Sendable (_ sources: [String], _ target: String) throws -> Void

  /// A data set that `convert` makes of `sources`.
  ///
  /// - Parameters:
  ///   - name: what it is called, in messages.
  ///   - file: the name of its file, without a folder.
  ///   - sources: what it is made of; their paths are given to `convert` in this order.
  ///   - check: throws where the file at the path is not this data set, or is damaged; by default any file is taken.
  ///   - convert: makes the file at `target`, in a folder that has nothing else and goes afterwards, from source files
  ///     that are there and verified. It may change or move them, unless they are `existing` ones. It runs on a thread
  ///     of its own, and is waited for where the task is cancelled.
  /// - Precondition: no two of the sources have the same name.
  public init(
    name: String, file: String, sources: [SourceFile],
    check: @escaping @Sendable (_ path: String) throws -> Void = { _ in },
    convert: @escaping @Sendable (_ sources: [String], _ target: String) throws -> Void
  ) {
    self.init(name: name, file: file, layout: nil, sources: sources, check: check, convert: convert)
  }

  /// One of images and labels, whose file is checked by its layout and gets a digest, for which `convert` leaves room
  /// (`CacheDigest.writer()`).
  init(
    name: String, file: String, layout: CacheLayout, sources: [SourceFile],
    convert: @escaping @Sendable (_ sources: [String], _ target: String) throws -> Void
  ) {
    self.init(
      name: name, file: file, layout: layout, sources: sources, check: { try layout.check($0) },
      convert: { sources, target in
        try convert(sources, target)
        try CacheDigest.seal(target)
      })
  }

  private init(
    name: String, file: String, layout: CacheLayout?, sources: [SourceFile],
    check: @escaping @Sendable (_ path: String) throws -> Void,
    convert: @escaping @Sendable (_ sources: [String], _ target: String) throws -> Void
  ) {
    precondition(isFileName(file), "a data set's file must have a name without a folder")
    precondition(Set(sources.map(\.name)).count == sources.count, "two source files have the same name")
    self.name = name
    self.file = file
    self.layout = layout
    self.sources = sources
    self.check = check
    self.convert = convert
  }
}
