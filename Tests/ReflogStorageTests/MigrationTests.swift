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
        "7afa6e1bc0d62bf71928f3de2a7b7f454c2026028d89e972024dc36c23bf2467 ledger-0001-changes",
        "35c64e8d3f3089bbd34f332c117b160c10460299bd8d43bfdf5117e344c3a249 postgresql-0001-changes",
        "fc4fc36dd263622fa6088e039d3de660fe83814320f0e63ed5d3c299369c1cd1 directory-0001-flows",
        "3f1b5224d5499ecd28b1df38b39cb8508bfde28e13305f1c8da203bf179114df tokens-0001-tokens",
      ]
    )
  }
}
