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
        "ad7838426757833168e11f8d6f9d11eaaf8c229000c4724d4a5db528074aac76 ledger-0001-changes",
        "814440694d527dbc7ac5ae3f170497afe298d380eb72add49a51be8367883669 directory-0001-flows",
        "35a1196d2ad3ac67020800a1e57e0f3e4d37509effdabcbd7c0a11200e50a07c tokens-0001-tokens",
      ]
    )
  }
}
