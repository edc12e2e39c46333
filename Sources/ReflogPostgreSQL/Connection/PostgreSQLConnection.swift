#if PostgreSQL
import CLibpq
import Glibc
package import ReflogStorage

/// A connection to a PostgreSQL server that sends several statements in one request (a pipeline).
///
/// Use a connection on one thread only. ``queue(_:_:)`` adds a statement to the next request. ``finish()`` sends the
/// request and waits for the answers. If a request contains no `BEGIN` and `COMMIT`, its statements are one
/// transaction. After a statement has failed, the server skips the remaining statements of the request.
///
/// See postgresql.org/docs/15/libpq-pipeline-mode.html.
package final class PostgreSQLConnection {
  /// The connection object of libpq.
  let server: OpaquePointer
  /// The encoder of parameters, whose memory is used again for each statement.
  let encoder = ParameterEncoder()
  /// The notices of the server: all messages except errors.
  let notices: NoticeRecord
  /// The SQL texts whose placeholders were already translated to PostgreSQL's form.
  var translations = PlaceholderTranslations()

  /// The maximum time that the connection waits for the next bytes from the server, or for space to send bytes.
  ///
  /// After this time, the connection is lost.
  package var timeout: Duration
  /// Whether the connection can't be used any more.
  ///
  /// If the value is true, it is unknown whether the server ran the statements of the last request.
  package internal(set) var isLost = false
  /// The number of SQL statements that were queued on this connection.
  package internal(set) var statementCount = 0
  /// The number of rows that the last statement changed.
  package internal(set) var changedRowCount = 0
  /// The number of rows that were changed on this connection.
  package internal(set) var allChangedRowCount: Int64 = 0

  /// The number of statements in the next request.
  var queuedCount = 0
  /// The reason why a statement could not be queued, or nil if all statements were queued.
  var failure: SQLError?
  /// The read whose rows are still arriving, or nil if no read is running.
  var stream: RowStream?

  /// Connects to a server, and waits until the server accepts the connection.
  ///
  /// libpq reads the environment variables `PG…` and the file `.pgpass`, and chooses the host. The maximum time for
  /// each host is `connect_timeout`, or 10 seconds if this parameter is not set.
  ///
  /// - Parameters:
  ///   - address: A URI such as `postgresql://reflog@host/ledger`, or a text such as `host=… dbname=…`. See
  ///     postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING.
  ///   - timeout: The value of ``timeout``.
  package init(_ address: String, timeout: Duration = .seconds(30)) throws(SQLError) {
    try Self.checkSyntax(of: address)
    // In libpq, a later setting overrides an earlier setting, and `dbname` contains the whole address. So a setting in
    // front of `dbname` is a default, and a setting behind `dbname` overrides the address.
    var settings = [("fallback_application_name", "reflog"), ("dbname", address), ("client_encoding", "UTF8")]
    if getenv("PGCONNECT_TIMEOUT") == nil { settings.insert(("connect_timeout", "10"), at: 0) }
    guard let server = Self.connect(settings) else {
      throw SQLError(code: .outOfMemory, message: "libpq has no memory for a connection")
    }
    guard PQstatus(server) == CONNECTION_OK, PQsetnonblocking(server, 1) == 0, PQenterPipelineMode(server) == 1 else {
      let message = SQLError.lastMessage(of: server)
      PQfinish(server)
      throw SQLError(code: .transient, message: message)
    }
    self.server = server
    self.timeout = timeout
    notices = NoticeRecord(of: server)
  }

  deinit { PQfinish(server) }

  /// Whether a transaction is open; a transaction is also open after one of its statements has failed.
  package var isInsideTransaction: Bool {
    [PQTRANS_INTRANS, PQTRANS_INERROR].contains(PQtransactionStatus(server))
  }

  /// The id of the server's process that serves this connection.
  package var processID: Int { Int(PQbackendPID(server)) }

  /// Whether the server committed a transaction but stopped waiting for its standby servers.
  ///
  /// The value describes the last request. The transaction can be lost if a standby server replaces this server.
  package var committedOnlyLocally: Bool { notices.committedOnlyLocally }
  /// The newest notices of the server, for example warnings.
  package var warnings: [PostgreSQLNotice] { notices.messages }

  /// Throws an error if an address is not valid.
  ///
  /// libpq's own message is not used, because that message can contain a part of a password.
  private static func checkSyntax(of address: String) throws(SQLError) {
    var message: UnsafeMutablePointer<CChar>?
    let options = PQconninfoParse(address, &message)
    PQfreemem(message)
    guard let options, !hasUnescapedPassword(address) else {
      PQconninfoFree(options)
      throw SQLError(
        code: .misuse,
        message: "the address of the database is not valid. Write it as postgresql://USER@HOST/DATABASE, and escape "
          + "special characters in it as %XX"
      )
    }
    PQconninfoFree(options)
  }

  /// Returns whether a URL has more than one `@` in front of the path.
  ///
  /// If a password contains `@`, libpq would use the rest of the password as the name of the host, and show this rest
  /// in messages.
  private static func hasUnescapedPassword(_ address: String) -> Bool {
    guard let scheme = address.firstRange(of: "://") else { return false }
    let authority = address[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    return authority.count { $0 == "@" } > 1
  }

  private static func connect(_ settings: [(name: String, value: String)]) -> OpaquePointer? {
    let names = settings.map { strdup($0.name) }
    let values = settings.map { strdup($0.value) }
    defer { for text in names + values { free(text) } }
    let namePointers = names.map { UnsafePointer($0) } + [nil]
    let valuePointers = values.map { UnsafePointer($0) } + [nil]
    return PQconnectdbParams(namePointers, valuePointers, 1)
  }
}
#endif
