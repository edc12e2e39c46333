import GRDB

/// GRDB's connection, by a name that says whose file it is.
typealias EmbeddedDatabase = Database

/// The tenant that an embedded directory is.
enum EmbeddedTenant {
  static func id(_ db: Database) throws -> String? {
    try String.fetchOne(db, sql: "SELECT tenant_id FROM tenant")
  }

  static func create(_ id: String, _ db: Database) throws {
    try db.execute(sql: "INSERT INTO tenant (id, tenant_id) VALUES (1, :id)", arguments: ["id": id])
  }
}
