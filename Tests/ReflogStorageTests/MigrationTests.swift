import Crypto
import Foundation
import ReflogMigrations
import Testing

struct MigrationTests {
  @Test func theBinaryHoldsTheSQLFilesUnchanged() throws {
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
  /// Until version 1.0 is tagged, you may change a migration. In that case, also update the migration's hash here.
  /// After version 1.0, add a new migration instead.
  @Test func releasedMigrationsAreUnchanged() {
    let hashes = [Migrations.ledger, .postgreSQL, .directory, .tokens].flatMap(\.migrations).map { migration in
      SHA256.hash(data: Data(migration.sql.utf8)).description.suffix(64) + " " + migration.name
    }

    #expect(
      hashes == [
        "5094694b098fa9a38fb4afce7a25815677824ff043db9cdaa3ac1ba27a379e67 ledger-0001-changes",
        "c10bae19a751f9a20933ef04f3be948549d91838e15456fdab6f7604741a7538 postgresql-0001-changes",
        "a2aa4f09500d8427ba09cf4b5922bc46efaf6fdeb1428d7b40dc9e1a74a34aa4 directory-0001-flows",
        "d7cd966117b1eaf1b607d8d9e26476c8451e2aac4794c1d5afe3a9610cb6df44 tokens-0001-tokens",
      ]
    )
  }
}
