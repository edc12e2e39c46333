import ReflogLedger
import ReflogModel

#if PostgreSQL
import ReflogPostgreSQL

/// Opens ledgers in PostgreSQL databases.
enum PostgreSQLSupport {
  /// Returns the URL of a database without its password and its parameters.
  static func name(of url: String) -> String { PostgreSQLAddress(url)?.description ?? "postgresql://" }

  /// Throws a failure if the text is not the URL of a PostgreSQL database.
  static func check(_ url: String) throws { _ = try address(url) }

  /// Opens a database for a server, and creates the tables if they are missing.
  static func open(_ url: String, acceptsNoStandby: Bool, clock: @escaping WallClock) throws -> OpenedDatabase {
    let ledger = try PostgreSQLLedger(at: try address(url), acceptsNoStandby: acceptsNoStandby) { Terminal.say($0) }
    return OpenedDatabase(
      store: ledger,
      reasonIndex: ledger.reasonIndex(),
      indexProblem: nil,
      tokens: TokenStore(ledger.tokens, clock: clock),
      close: { ledger.close() }
    )
  }

  /// Opens the history in a database for reading.
  static func history(at url: String) throws -> History {
    try PostgreSQLLedger.history(at: try address(url))
  }

  /// Opens the tokens in a database.
  static func tokens(at url: String, clock: @escaping WallClock) throws -> TokenStore {
    TokenStore(try PostgreSQLLedger.tokens(at: try address(url)), clock: clock)
  }

  /// Opens a database from which a ledger is copied.
  static func source(at url: String) throws -> LedgerSource { try LedgerSource(at: try address(url)) }

  /// Opens a database into which a ledger is copied.
  static func target(at url: String) throws -> any LedgerTarget { try PostgreSQLTarget(at: try address(url)) }

  private static func address(_ url: String) throws -> PostgreSQLAddress {
    guard let address = PostgreSQLAddress(url) else {
      throw CommandFailure(.usage, "The value of --database is not the URL of a PostgreSQL database.")
    }
    return address
  }
}
#else
/// Refuses PostgreSQL databases, because this program was built without the package trait PostgreSQL.
enum PostgreSQLSupport {
  private static let missing = CommandFailure(
    .usage,
    "This program was built without PostgreSQL. Build it with `swift build --traits PostgreSQL`, or name a file."
  )

  static func name(of url: String) -> String { "postgresql://" }

  static func check(_ url: String) throws { throw missing }

  static func open(_ url: String, acceptsNoStandby: Bool, clock: WallClock) throws -> OpenedDatabase { throw missing }

  static func history(at url: String) throws -> History { throw missing }

  static func tokens(at url: String, clock: WallClock) throws -> TokenStore { throw missing }

  static func source(at url: String) throws -> LedgerSource { throw missing }

  static func target(at url: String) throws -> any LedgerTarget { throw missing }
}
#endif
