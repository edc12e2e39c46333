#if PostgreSQL
import ReflogStorage

/// Opens connections, and refuses a server with settings that could cause the loss of a change after its caller got an
/// answer.
struct ServerCheck: Sendable {
  let address: PostgreSQLAddress
  let acceptsNoStandby: Bool

  /// The oldest version of PostgreSQL that Reflog accepts, in the form of `server_version_num`.
  private static let oldestVersion: Int64 = 150_000

  /// A setting of the server that must have one of the values in `accepted`.
  private struct Requirement {
    let name: String
    let accepted: [String]
    let reason: String
  }

  private static let requirements = [
    Requirement(name: "fsync", accepted: ["on"], reason: "a power failure would destroy the database"),
    Requirement(
      name: "full_page_writes",
      accepted: ["on"],
      reason: "a power failure during a checkpoint would damage the database"
    ),
    Requirement(
      name: "synchronous_commit",
      accepted: ["on", "remote_apply"],
      reason: "a failure could lose changes that were acknowledged"
    ),
    Requirement(name: "server_encoding", accepted: ["UTF8"], reason: "texts could not be stored as they were sent"),
  ]

  /// Opens a connection to a server that accepts writes, and checks the settings of the server.
  ///
  /// - Throws: ``StorageError`` if the server can't be used.
  func connect() throws -> PostgreSQLConnection {
    let connection = try PostgreSQLConnection(address.connectionString)
    connection.queue(
      """
      SELECT current_setting('server_version_num')::bigint, pg_is_in_recovery(),
        current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
        current_setting('server_encoding'), current_setting('synchronous_standby_names'),
        current_setting('transaction_read_only')
      """,
      []
    )
    let results = try connection.finish()
    try results.last?.forEach { row in
      try check(row)
      return false
    }
    return connection
  }

  /// Opens a connection for the writer, and throws every problem as an ``SQLError``.
  func connectAgain() throws(SQLError) -> PostgreSQLConnection {
    do { return try connect() } catch {
      // A problem that is not an `SQLError`, such as a wrong setting of the server, gets a code that is not transient,
      // because only an administrator can solve the problem.
      throw (error as? SQLError) ?? SQLError(code: .other, message: "\(error)")
    }
  }

  /// Throws an error if the settings in a row can't be accepted.
  private func check(_ row: Row) throws {
    guard try row.integer(0) >= Self.oldestVersion else {
      throw unusable("its version is older than PostgreSQL 15")
    }
    // A standby is refused, because a standby accepts no writes and can lack the newest entries.
    guard try !row.bool(1), try row.text(7) == "off" else {
      throw unusable(
        "the server is in recovery or read-only. Name the primary server, or add target_session_attrs=read-write to a "
          + "URL with several hosts"
      )
    }
    for (index, requirement) in Self.requirements.enumerated() {
      let value = try row.text(2 + index)
      guard requirement.accepted.contains(value) else {
        throw unusable(
          "its setting \(requirement.name) is \(value), so \(requirement.reason). Set it to "
            + "\(requirement.accepted[0])"
        )
      }
    }
    guard try acceptsNoStandby || !row.text(6).isEmpty else {
      throw unusable(
        "it has no synchronous standby (synchronous_standby_names is empty). If its disk failed, changes that Reflog "
          + "acknowledged would be lost. Add a standby, or start with --accept-no-standby"
      )
    }
  }

  /// Throws an error if the role lacks a right on the tables.
  func checkRights(_ connection: PostgreSQLConnection) throws {
    connection.queue(
      """
      SELECT bool_and(has_table_privilege(name, 'SELECT') AND has_table_privilege(name, 'INSERT')),
        has_column_privilege('change', 'result', 'UPDATE'), has_column_privilege('head', 'checkpoint', 'UPDATE'),
        bool_and(name NOT LIKE 'reason%' OR has_table_privilege(name, 'TRUNCATE')), current_user
      FROM unnest(ARRAY['change', 'entry', 'reason_index', 'reason_trigram']) AS name
      """,
      []
    )
    try connection.finish().last?.forEach { row in
      guard try row.bool(0), try row.bool(1), try row.bool(2), try row.bool(3) else {
        throw unusable(Self.missingRights(of: try row.text(4)))
      }
      return false
    }
  }

  /// Returns the message for a role that lacks rights on the tables.
  static func missingRights(of role: String) -> String {
    "the role \(role) lacks rights on Reflog's tables. Grant the rights of the role reflog_service to it"
  }

  private func unusable(_ problem: String) -> StorageError { .unusable(path: address.description, problem: problem) }
}
#endif
