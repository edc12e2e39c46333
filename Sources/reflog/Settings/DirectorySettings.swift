import ReflogModel

/// The directory that the server uses, with its settings.
enum DirectorySettings: Sendable {
  case embedded(sample: Bool)
  case graph(GraphSettings)

  /// The kind of the directory.
  var kind: DirectoryKind {
    switch self {
    case .embedded: .embedded
    case .graph: .graph
    }
  }

  /// The settings of Microsoft Graph, or nil for the embedded directory.
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
      guard !sample else {
        throw CommandFailure(
          .usage,
          "\(Setting.sample.variable) needs the embedded directory. Unset it, or use --directory embedded."
        )
      }
      self = .graph(try await GraphSettings(values))
    case nil:
      throw CommandFailure(
        .usage,
        "No directory is set. Use --directory graph, or --directory embedded to try Reflog."
      )
    case let name?:
      throw CommandFailure(.usage, "directory is \(name), but must be graph or embedded.")
    }
  }
}
