import ReflogMigrations

/// The kind of a Reflog file: the ledger, the embedded directory or the API tokens.
package enum StorageKind: Sendable {
  case ledger, directory, tokens

  /// The migrations that create the schema of this kind of file.
  var migrations: Migrations {
    switch self {
    case .ledger: .ledger
    case .directory: .directory
    case .tokens: .tokens
    }
  }
}
