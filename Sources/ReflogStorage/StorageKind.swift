import ReflogMigrations

/// Which of Reflog's files a file is.
package enum StorageKind: Sendable {
  case ledger, directory, tokens

  var migrations: Migrations {
    switch self {
    case .ledger: .ledger
    case .directory: .directory
    case .tokens: .tokens
    }
  }
}
