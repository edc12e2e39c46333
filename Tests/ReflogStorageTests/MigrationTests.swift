import Crypto
import Foundation
import ReflogMigrations
import Testing

struct MigrationTests {
  @Test func theProgramContainsTheUnchangedSQLFiles() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../migrations")
    let embedded = [Migrations.ledger, .postgreSQL, .directory, .tokens].flatMap(\.migrations)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".sql") }

    #expect(Set(files) == Set(embedded.map { $0.name + ".sql" }))
    for migration in embedded {
      #expect(try String(contentsOf: folder.appending(path: migration.name + ".sql"), encoding: .utf8) == migration.sql)
    }
  }

  /// The table contains the SHA-256 hash of each migration.
  ///
  /// Until version 1.0 is tagged, you are allowed to change a migration. In that case, also update the migration's hash
  /// here. After version 1.0, add a new migration instead.
  @Test func releasedMigrationsAreUnchanged() {
    let hashes = [Migrations.ledger, .postgreSQL, .directory, .tokens].flatMap(\.migrations).map { migration in
      SHA256.hash(data: Data(migration.sql.utf8)).description.suffix(64) + " " + migration.name
    }

    #expect(
      hashes == [
        "6f785ce47b371a83e268fe55d0819f6a7b492066d0a64c9ea0661004f386e319 ledger-0001-changes",
        "673d734f1fbe0bc9764a07e412b3f0fda000669e7ff86d180165dba6b2ba6316 postgresql-0001-changes",
        "0a34f462d56fd82bc9b1f446603a9d246e2c21b449988a40b63b845393f02c3d postgresql-0002-reasons",
        "216e56b3efcfe54410bd4f22551168dbd6b60a7fc0bf0d3f4467d93e12a9b375 directory-0001-flows",
        "63498959deda6470fd619e19b8c3f11a0da02d92652e8cd1f1d617b5bbacdfb5 tokens-0001-tokens",
      ]
    )
  }
}
