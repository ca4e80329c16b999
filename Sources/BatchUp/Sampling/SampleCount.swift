/// How many samples come out of a sampler or a source before it ends.
public enum SampleCount: Sendable, Hashable {
  case finite(Int)
  case infinite
  case unknown
}
