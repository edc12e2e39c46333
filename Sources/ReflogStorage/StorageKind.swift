import ReflogMigrations

/// The kind of a Reflog file: the ledger, the embedded directory or the API tokens.
package enum StorageKind: Sendable {
  case ledger, directory, tokens

  /// Returns whether the file at a path is a SQLite file that Reflog created.
  package static func isReflogFile(_ path: String) -> Bool {
    guard let header = try? DatabaseHeader(ofFileAt: FileChecks.resolved(path)) else { return false }
    return [Self.ledger, .directory, .tokens].contains { $0.migrations.applicationID == header.applicationID }
  }

  /// The migrations that create the schema of this kind of file.
  var migrations: Migrations {
    switch self {
    case .ledger: .ledger
    case .directory: .directory
    case .tokens: .tokens
    }
  }
}
