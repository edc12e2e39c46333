import ReflogModel

/// Where references really live.
enum DirectorySettings: Sendable {
  case embedded(sample: Bool)
  case graph(GraphSettings)

  var kind: DirectoryKind {
    switch self {
    case .embedded: .embedded
    case .graph: .graph
    }
  }

  var graph: GraphSettings? {
    switch self {
    case .embedded: nil
    case .graph(let graph): graph
    }
  }

  init(_ values: SettingValues) async throws {
    let sample = try await values.bool(.sample) ?? false
    switch try await values.string(.directory) {
    case DirectoryKind.embedded.rawValue:
      self = .embedded(sample: sample)
    case DirectoryKind.graph.rawValue:
      guard !sample else { throw CommandFailure(.usage, "Only an embedded directory has a sample.") }
      self = .graph(try await GraphSettings(values))
    case nil:
      throw CommandFailure(
        .usage,
        "Say where references live: --directory graph, or --directory embedded to try Reflog out. There is no default."
      )
    case let word?:
      throw CommandFailure(.usage, "directory is \(word), and must be graph or embedded.")
    }
  }
}
