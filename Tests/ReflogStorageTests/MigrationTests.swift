import Crypto
import Foundation
import ReflogMigrations
import Testing

struct MigrationTests {
  @Test func theBinaryHoldsTheFilesAsTheyAre() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../migrations")
    let embedded = [Migrations.ledger, .directory, .tokens].flatMap(\.migrations)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".sql") }

    #expect(Set(files) == Set(embedded.map { $0.name + ".sql" }))
    for migration in embedded {
      #expect(try String(contentsOf: folder.appending(path: migration.name + ".sql"), encoding: .utf8) == migration.sql)
    }
  }

  /// Until version 1.0 is tagged a change here is a change of this table too; afterwards a new file is made instead.
  @Test func theFilesAreWhatTheyWere() {
    let hashes = [Migrations.ledger, .directory, .tokens].flatMap(\.migrations).map { migration in
      SHA256.hash(data: Data(migration.sql.utf8)).description.suffix(64) + " " + migration.name
    }

    #expect(
      hashes == [
        "806be6fedec660da74ce5fd7a5152ccf37a8a2bbc4a20216f38e78a394f0324a ledger-0001-changes",
        "814440694d527dbc7ac5ae3f170497afe298d380eb72add49a51be8367883669 directory-0001-flows",
        "705d77a41e7870a08ce1f0a6eabc61d89f93bdc3a954d179cd27c6e2e41aa7a4 tokens-0001-tokens",
      ]
    )
  }
}
