import ArgumentParser

/// Which arrays of files the images and the labels are; the same for every command that reads both.
struct ArrayOptions: ParsableArguments {
  @Option(help: .init("The name of the images in a file of several arrays.", valueName: "name"))
  var imagesArray: String?

  @Option(
    help: .init("The name of the labels in a file of several arrays, or their column of a CSV file.", valueName: "name")
  )
  var labelsArray: String?
}
