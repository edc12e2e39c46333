/// A key of the server's configuration. This table is all there are: what is not in it stops the start.
enum Setting: String, CaseIterable {
  case host, port, database, directory, sample

  /// The environment's name for it.
  var variable: String { "REFLOG_" + rawValue.uppercased() }

  /// What it means, and its default.
  var meaning: String {
    switch self {
    case .host: "The address to listen on. Default 127.0.0.1."
    case .port: "The port to listen on, 0 for a free one. Default 8080."
    case .database: "The ledger's file; others stand beside it. Default ./reflog.sqlite."
    case .directory: "Where references really live: `embedded`. No default, so that nobody audits a toy by mistake."
    case .sample: "Whether a new embedded directory starts with sample flows and connectors. Default false."
    }
  }

  /// Variables of the command line, which a server leaves alone.
  static let variablesOfCommands = ["REFLOG_SERVER", "REFLOG_TOKEN"]
}
