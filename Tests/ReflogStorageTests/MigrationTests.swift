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
        "140e240fea0a80917cc2dbbabe9754726d5c42612ccce8067e588337e319f97d ledger-0001-changes",
        "006bbea81ae375f9e24f7495e9334efe4b7ee85b3d96554780c75117dc229561 postgresql-0001-changes",
        "fc4fc36dd263622fa6088e039d3de660fe83814320f0e63ed5d3c299369c1cd1 directory-0001-flows",
        "63498959deda6470fd619e19b8c3f11a0da02d92652e8cd1f1d617b5bbacdfb5 tokens-0001-tokens",
      ]
    )
  }
}
