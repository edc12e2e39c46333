import ReflogModel
import ReflogStorage

/// The directory and the tenant that a ledger serves.
enum LedgerIdentity {
  /// Returns the directory and the tenant that are recorded in the ledger.
  ///
  /// A new ledger has no recorded directory and tenant. Then the given directory and tenant are recorded first.
  static func findOrRecord(
    directory: DirectoryKind,
    tenantID: String,
    created: Timestamp,
    origin: String,
    in db: any LedgerConnection
  ) throws -> (directory: String, tenantID: String) {
    let found = try db.first("SELECT directory, tenant_id FROM ledger") { (try $0.text(0), try $0.text(1)) }
    if let found { return found }
    try LedgerHead.insert(db)
    var generator = SystemRandomNumberGenerator()
    let cursorKey = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try db.execute(
      """
        INSERT INTO ledger (id, directory, tenant_id, created, origin, cursor_key)
        VALUES (1, :directory, :tenantID, :created, :origin, :cursorKey)
      """,
      [
        "directory": directory.rawValue, "tenantID": tenantID, "created": created.microseconds,
        "origin": origin, "cursorKey": cursorKey,
      ]
    )
    return (directory.rawValue, tenantID)
  }
}
