#if PostgreSQL
import CLibpq
import ReflogStorage

extension PostgreSQLConnection {
  /// Runs a text with several statements in the open transaction.
  ///
  /// The statements are separated by semicolons and have no arguments.
  func runScript(_ sql: String) throws(SQLError) {
    // libpq accepts a text with several statements only outside of the pipeline mode.
    guard PQexitPipelineMode(server) == 1 else { throw Self.lost(SQLError.lastMessage(of: server)) }
    let result = PQexec(server, sql)
    defer { PQclear(result) }
    let error = PQresultStatus(result) == PGRES_COMMAND_OK ? nil : result.map { SQLError($0) }
    guard result != nil, PQenterPipelineMode(server) == 1 else {
      isLost = true
      throw Self.lost(SQLError.lastMessage(of: server))
    }
    if let error { throw error }
  }
}
#endif
