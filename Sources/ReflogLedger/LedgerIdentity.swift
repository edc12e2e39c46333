import GRDB
import ReflogModel

/// Which directory and tenant a ledger serves.
enum LedgerIdentity {
  static func findOrRecord(
    directory: DirectoryKind,
    tenantID: String,
    created: Timestamp,
    origin: String,
    in db: Database
  ) throws -> (directory: String, tenantID: String) {
    if let row = try Row.fetchOne(db, sql: "SELECT directory, tenant_id FROM ledger") {
      return (row["directory"], row["tenant_id"])
    }
    try db.execute(
      sql: """
        INSERT INTO ledger (id, directory, tenant_id, created, origin, cursor_key)
        VALUES (1, :directory, :tenantID, :created, :origin, randomblob(32))
        """,
      arguments: [
        "directory": directory.rawValue, "tenantID": tenantID, "created": created.microseconds,
        "origin": origin,
      ]
    )
    return (directory.rawValue, tenantID)
  }
}
