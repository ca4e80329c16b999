extension Dataset {
  /// All data sets that this library knows, by name.
  public static let standard: [Dataset] = [
    .mnist, .fashionMNIST, .cifar10, .cifar100, .svhn, .svhnExtra, .stl10, .usps,
  ]
}

extension SourceFile {
  /// A file in each of these folders, whose addresses end with a slash.
  init(_ name: String, in folders: [String], sha256: String) {
    self.init(name, from: .download(folders.map { $0 + name }), sha256: sha256)
  }
}
