import BatchUp
import BatchUpFiles
import Testing

@testable import BatchUpCLI

@Suite struct ClassifierSafetensorsTests {
  private let folder: TemporaryFolder
  private var path: String { folder.url.appending(path: "model.safetensors").path }

  init() throws { folder = try TemporaryFolder() }

  private func train(_ inputShape: [Int], hidden: Int, classes: Int) -> (Classifier, NDArray<Float>) {
    let count = 9
    var generator = SeededGenerator(seed: 5)
    let images = NDArray(
      (0..<count * inputShape.reduce(1, *)).map { _ in generator.float(in: 0...1) }, shape: [count] + inputShape)
    let labels = NDArray((0..<count).map { Int32($0 % classes) })
    let training = ClassifierTraining(
      Classifier(inputShape: inputShape, hiddenCount: hidden, classCount: classes, seed: 2))
    for _ in 0..<3 { _ = training.train(on: images, labels, learningRate: 0.1) }
    return (training.classifier, images)
  }

  @Test(arguments: [([5], 6, 3), ([4, 3], 1, 1), ([1, 7, 2], 33, 10), ([28, 28], 16, 10)])
  func scoresAfterLoadingAreTheSameToTheLastBit(inputShape: [Int], hidden: Int, classes: Int) throws {
    let (classifier, images) = train(inputShape, hidden: hidden, classes: classes)
    try classifier.write(safetensors: path)
    let loaded = try Classifier(safetensors: path)
    #expect(loaded.inputShape == inputShape && loaded.classCount == classes)
    let scores = [loaded, classifier].map { $0.scores(for: images).scalars.map(\.bitPattern) }
    #expect(scores[0] == scores[1])
    #expect(loaded.hiddenLayer.weights == classifier.hiddenLayer.weights)
  }

  /// A row of weights for each output.
  @Test func theFileIsInPyTorchsOrder() throws {
    let (classifier, _) = train([2, 2], hidden: 3, classes: 2)
    try classifier.write(safetensors: path)
    let file = try SafetensorsFile(path: path)
    #expect(
      file.metadata == [
        "format": "batchup-classifier", "version": "1", "input_shape": "[2,2]", "value_range": "[0,1]",
        "class_count": "2",
      ])
    #expect(Set(file.tensors.map(\.name)) == ["hidden.weight", "hidden.bias", "output.weight", "output.bias"])
    let weights = try file.array(named: "hidden.weight", of: Float.self)
    #expect(weights.shape == [3, 4])
    for output in 0..<3 {
      for input in 0..<4 { #expect(weights[output, input] == classifier.hiddenLayer.weights[input * 3 + output]) }
    }
    #expect(try file.array(named: "output.bias", of: Float.self).scalars == classifier.outputLayer.biases)
  }

  /// Shapes and metadata of a classifier of 2 x 2 values, 3 hidden units and 2 classes, some of them changed.
  private func failure(
    shapes changedShapes: [String: [Int]?] = [:], metadata changedMetadata: [String: String?] = [:],
    extra: (inout SafetensorsWriter) -> Void = { _ in }
  ) throws -> ToolError? {
    var metadata: [String: String?] = [
      "format": "batchup-classifier", "version": "1", "input_shape": "[2,2]", "value_range": "[0,1]",
      "class_count": "2",
    ]
    metadata.merge(changedMetadata) { $1 }
    var shapes: [String: [Int]?] = [
      "hidden.weight": [3, 4], "hidden.bias": [3], "output.weight": [2, 3], "output.bias": [2],
    ]
    shapes.merge(changedShapes) { $1 }
    var writer = SafetensorsWriter(metadata: metadata.compactMapValues { $0 })
    for (name, shape) in shapes {
      if let shape { writer.add(NDArray<Float>(repeating: 1, shape: shape), named: name) }
    }
    extra(&writer)
    try writer.write(to: path)
    do throws(ToolError) { _ = try Classifier(safetensors: path) } catch {
      #expect("\(error)".hasPrefix(path) && !"\(error)".contains("\n"), "\(error)")
      return error
    }
    return nil
  }

  private func wrongMetadata(_ key: String, _ found: String?, _ expected: String) -> ToolError {
    let found = found.map { "\"\($0.debugDescription.dropFirst().dropLast())\"" } ?? "missing"
    return ToolError(
      "\(path): holds no classifier of this program: the \(key) in its metadata is \(found), not \(expected)")
  }

  @Test func wrongMetadata() throws {
    #expect(try failure() == nil)
    for (key, expected) in [("format", "batchup-classifier"), ("version", "1"), ("value_range", "[0,1]")] {
      for found in [nil, "", "2"] {
        #expect(
          try failure(metadata: [key: found]) == wrongMetadata(key, found, expected))
      }
    }
    for (key, texts) in [
      ("input_shape", [nil, "", "[2,0]", "[-2,-2]", "4", "[2,2", "[\"2\"]", "[99999999999999999999]"]),
      ("class_count", [nil, "", "0", "-2", "2.5", "[2]", "two"]),
    ] {
      for text in texts {
        let message = try failure(metadata: [key: text])?.description
        guard message?.hasPrefix(wrongMetadata(key, text, "").description) == true else {
          Issue.record("\(key): \(text ?? "nil")")
          return
        }
      }
    }
  }

  @Test func missingTensors() throws {
    for name in ["hidden.weight", "hidden.bias", "output.weight", "output.bias"] {
      #expect(
        try failure(shapes: [name: nil]) == ToolError("\(SafetensorsError.noTensor(path: path, tensor: name))"))
    }
  }

  @Test func wrongShapes() throws {
    func expect(_ name: String, _ shape: [Int], _ expected: [Int]?) throws {
      #expect(
        try failure(shapes: [name: shape])
          == ToolError("\(path): tensor \(name) has shape \(shape), not \(expected.map { "\($0)" } ?? "one of a list")")
      )
    }
    try expect("hidden.weight", [4, 3], [3, 4])
    try expect("hidden.weight", [12], [3, 4])
    try expect("hidden.weight", [3, 2, 2], [3, 4])
    try expect("hidden.bias", [3, 1], nil)
    try expect("hidden.bias", [], nil)
    try expect("hidden.bias", [0], nil)
    try expect("output.weight", [3, 2], [2, 3])
    try expect("output.bias", [3], [2])
    // Hidden sizes that do not fit.
    #expect(
      try failure(shapes: ["hidden.bias": [4]])
        == ToolError("\(path): tensor hidden.weight has shape [3, 4], not [4, 4]"))
    #expect(
      try failure(shapes: ["hidden.bias": [4], "hidden.weight": [4, 4]])
        == ToolError("\(path): tensor output.weight has shape [2, 3], not [2, 4]"))
    #expect(
      try failure(metadata: ["input_shape": "[3]"])
        == ToolError("\(path): tensor hidden.weight has shape [3, 4], not [3, 3]"))
    #expect(
      try failure(metadata: ["class_count": "5"])
        == ToolError("\(path): tensor output.weight has shape [2, 3], not [5, 3]"))
  }

  @Test func otherElementTypes() throws {
    let error = try failure(shapes: ["output.weight": nil]) { writer in
      writer.add(NDArray<Double>(repeating: 1, shape: [2, 3]), named: "output.weight")
    }
    #expect(
      error
        == ToolError(
          "\(SafetensorsError.wrongElementType(path: path, tensor: "output.weight", expected: .float32, found: .float64))"
        ))
  }

  @Test func sizesBeyondMemory() throws {
    func tooLarge(_ inputs: Int, _ classes: Int) -> ToolError {
      ToolError(
        "\(path): \(inputs) values per image, 3 hidden units and \(classes) classes make more than \(1 << 28) weights")
    }
    for (inputShape, inputs) in [
      ("[4294967296]", 1 << 32), ("[4294967296,4294967296]", Int.max), ("[\(Int.max)]", .max),
    ] {
      #expect(
        try failure(metadata: ["input_shape": inputShape])
          == tooLarge(inputs, 2))
    }
    #expect(
      try failure(metadata: ["class_count": "\(Int.max)"])
        == tooLarge(4, .max))
  }

  @Test func otherFiles() throws {
    let other = try folder.write([1, 2, 3], to: "other")
    #expect(throws: ToolError("\(SafetensorsError.truncatedHeader(path: other, expected: 8, found: 3))")) {
      try Classifier(safetensors: other)
    }
  }
}
