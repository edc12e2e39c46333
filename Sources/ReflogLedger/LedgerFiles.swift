/// The paths of the files that belong to a ledger.
///
/// All files are next to the ledger, except that the anchor can be elsewhere.
package struct LedgerFiles: Sendable {
  /// The path of the ledger.
  package let database: String

  /// Creates the paths for the ledger at a path, without reading or writing a file.
  package init(database: String) {
    self.database = database
  }

  /// The ledger's write-ahead log.
  package var log: String { database + "-wal" }
  /// The file that a server locks while it uses the ledger.
  package var lock: String { database + ".lock" }
  /// The key that signs the checkpoints.
  package var key: String { database + ".key" }
  /// The file with the newest checkpoint.
  ///
  /// If the setting `anchor` contains the path of another file, that file is used instead.
  package var anchor: String { database + ".anchor" }
  /// The API tokens.
  package var tokens: String { database + ".tokens" }
  /// The embedded directory.
  package var directory: String { database + ".directory" }
  /// The file with the newest entry that each receiver of webhooks has got.
  package var webhooks: String { database + ".webhooks" }
  /// The file with the index of the reasons of changes (see ``ReasonIndex``).
  package var search: String { database + ".search" }
  /// The file with the API tokens that a server created at its first start, if it had no terminal.
  package var firstTokens: String { database + ".first-tokens" }

  /// The endings of the names of all files that belong to a ledger, except the ledger itself.
  package static let endings = [
    "-wal", "-shm", "-journal", ".lock", ".key", ".key.next", ".anchor", ".first-tokens", ".tokens", ".tokens-journal",
    ".directory", ".directory-wal", ".directory-shm", ".directory-journal", ".directory.lock", ".webhooks",
    ".search", ".search-wal", ".search-shm",
  ]

  /// The paths of all files, including the paths of files that do not exist.
  package var all: [String] { [database] + Self.endings.map { database + $0 } }
}
