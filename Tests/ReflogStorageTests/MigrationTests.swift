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
        "70f9fda76350abd45b3d86cfaef4c8c69b0564c894fe9bb81f9f8b7cec5fe4a9 ledger-0001-changes",
        "4fcd1f5ebbd00a7407a1a82d6668d2e8b76e6a0949ff80621c94b3276bc63cf4 postgresql-0001-changes",
        "216e56b3efcfe54410bd4f22551168dbd6b60a7fc0bf0d3f4467d93e12a9b375 directory-0001-flows",
        "3b069fcc74b09c522838be3d0718ebe70b554877de021640fe13389349175c4d tokens-0001-tokens",
      ]
    )
  }
}
