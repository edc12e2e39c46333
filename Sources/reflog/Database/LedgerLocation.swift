import Foundation
import ReflogLedger
import ReflogModel

/// The location of a ledger: a SQLite file or a PostgreSQL database.
struct LedgerLocation: Sendable {
  /// The database of the ledger.
  enum Database: Sendable {
    /// The path of a SQLite file.
    case file(String)
    /// The address of a PostgreSQL database.
    ///
    /// The address is never shown, because the address can contain a password.
    case postgreSQL(String)
  }

  /// The path of the SQLite ledger that is used if no database is set.
  static let defaultFile = "./reflog.sqlite"
  /// The default path, without endings, of the files that belong to a PostgreSQL ledger, such as the key.
  ///
  /// These files are on this machine.
  private static let defaultFiles = "./reflog"

  let database: Database
  /// The path, without endings, of the files that belong to the ledger, such as the key and the anchor.
  ///
  /// These files are on this machine.
  let filesPath: String

  /// Creates the location from a value of the setting `database`.
  ///
  /// - Parameters:
  ///   - database: The path of a file or the URL of a PostgreSQL database, or nil for the default.
  ///   - files: The path, without endings, of the files on this machine that belong to the ledger. If the path is nil,
  ///     the default path is used.
  init(_ database: String?, files: String? = nil) {
    let database = database ?? Self.defaultFile
    let isAddress = Self.isAddress(database)
    self.database = isAddress ? .postgreSQL(database) : .file(database)
    filesPath = files ?? (isAddress ? Self.defaultFiles : database)
  }

  /// Creates the location from the value of an option. If the value is nil, the environment variable is used.
  init(given database: String?) {
    self.init(database ?? Environment["REFLOG_DATABASE"], files: Environment["REFLOG_FILES"])
  }

  /// Returns whether a text is the address of a database server, and not the path of a file.
  ///
  /// An address can contain a password. So a text with the form of an address is never used as a path, even if Reflog
  /// can't use the address. Otherwise messages and the name of a new file would show the password.
  private static func isAddress(_ text: String) -> Bool {
    let folded = text.asciiFolded
    if ["://", "postgresql:", "postgres:"].contains(where: folded.contains) { return true }
    // Programs that use libpq also accept an address such as `host=db password=…`, even with white space around `=`.
    let names: Set = ["host", "hostaddr", "dbname", "user", "password", "sslpassword", "service"]
    return text.split(separator: "=", omittingEmptySubsequences: false).dropLast().contains { part in
      part.split(whereSeparator: \.isWhitespace).last.map { names.contains(String($0)) } ?? false
    }
  }

  /// The path of the file, or the URL of the database without its password and parameters.
  var name: String {
    switch database {
    case .file(let path): path
    case .postgreSQL(let url): PostgreSQLSupport.name(of: url)
    }
  }

  /// The files of the ledger on this machine.
  var files: LedgerFiles { LedgerFiles(database: filesPath) }

  /// Opens the history for a command that only reads.
  ///
  /// - Throws: A failure if the file does not exist, or an error if the ledger can't be read.
  func history() throws -> History {
    try requireFile()
    return switch database {
    case .file(let path): try History(readingFileAt: path)
    case .postgreSQL(let url): try PostgreSQLSupport.history(at: url)
    }
  }

  /// Throws a failure if the location is the path of a file that does not exist.
  func requireFile() throws {
    guard case .file(let path) = database, !FileManager.default.fileExists(atPath: path) else { return }
    throw CommandFailure(.refused, "\(path) does not exist.")
  }
}
