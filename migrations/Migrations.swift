/// The migrations for one kind of database file, in the order in which they run.
///
/// Their SQL is embedded from the files in this folder. A released migration is never edited. Until version 1.0 is
/// tagged, migrations can still be changed.
package struct Migrations: Sendable {
  /// One SQL file, which runs once in one transaction.
  package struct Migration: Sendable {
    /// The name of the migration's file, without `.sql`.
    package let name: String
    package let sql: String
  }

  /// The number that identifies this kind of file, stored in the file's header as SQLite's `application_id`.
  ///
  /// Reflog refuses to open a file that has another number.
  package let applicationID: Int32
  package let migrations: [Migration]

  /// The ledger: changes and the entries about them.
  package static let ledger = Migrations(
    applicationID: 0x52_46_4C_47,  // "RFLG"
    migrations: [Migration("ledger-0001-changes", PackageResources.ledger_0001_changes_sql)]
  )

  /// The ledger and the API tokens in PostgreSQL.
  ///
  /// The database has no application id. The table `schema_version` identifies it.
  package static let postgreSQL = Migrations(
    applicationID: 0,
    migrations: [
      Migration("postgresql-0001-changes", PackageResources.postgresql_0001_changes_sql),
      Migration("postgresql-0002-reasons", PackageResources.postgresql_0002_reasons_sql),
    ]
  )

  /// The items of the schema that the migrations of ``postgreSQL`` create, one a line.
  ///
  /// A line contains the hash of the definition as PostgreSQL 15 writes it, a space, and the type and name of the item.
  package static let postgreSQLSchema = String(decoding: PackageResources.postgresql_schema_txt, as: UTF8.self)

  /// The embedded directory.
  package static let directory = Migrations(
    applicationID: 0x52_46_44_52,  // "RFDR"
    migrations: [Migration("directory-0001-flows", PackageResources.directory_0001_flows_sql)]
  )

  /// API tokens.
  package static let tokens = Migrations(
    applicationID: 0x52_46_54_4B,  // "RFTK"
    migrations: [Migration("tokens-0001-tokens", PackageResources.tokens_0001_tokens_sql)]
  )
}

extension Migrations.Migration {
  fileprivate init(_ name: String, _ bytes: [UInt8]) {
    self.init(name: name, sql: String(decoding: bytes, as: UTF8.self))
  }
}
