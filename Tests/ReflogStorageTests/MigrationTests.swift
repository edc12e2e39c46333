import Crypto
import Foundation
import ReflogMigrations
import Testing

struct MigrationTests {
  @Test func theBinaryHoldsTheSQLFilesUnchanged() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../migrations")
    let embedded = [Migrations.ledger, .directory, .tokens].flatMap(\.migrations)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".sql") }

    #expect(Set(files) == Set(embedded.map { $0.name + ".sql" }))
    for migration in embedded {
      #expect(try String(contentsOf: folder.appending(path: migration.name + ".sql"), encoding: .utf8) == migration.sql)
    }
  }

  /// Until version 1.0 is tagged, a change to a file is also a change to this table; afterwards a change needs a new
  /// file.
  @Test func releasedMigrationsAreUnchanged() {
    let hashes = [Migrations.ledger, .directory, .tokens].flatMap(\.migrations).map { migration in
      SHA256.hash(data: Data(migration.sql.utf8)).description.suffix(64) + " " + migration.name
    }

    #expect(
      hashes == [
        "76fae346e4a7b8069af72e9501fe406134a6de882553276ea6ca26eddb8afa45 ledger-0001-changes",
        "183058f4d4f7fa58b70c6939f085b241f4d3e0416abbd36448ec6e95d6c87a38 directory-0001-flows",
        "6f9749aabef35cd46c8f7232d7c45b8bb2ba8e2c300e4d14206585e002f9e743 tokens-0001-tokens",
      ]
    )
  }
}
