import ReflogTesting
import Testing

/// Tests that the tables of this target contain every text of the command line, except the help texts.
///
/// If you change a text, also change its row in the table. If you add a text, add a row below the name of its file.
struct CommandTextTests {
  /// The strings that look like texts, but that no user sees.
  private static let hidden: Set = [
    "Bearer {}", "Content-Type", "Location", "Reflog-Change-Id", "Reflog-Manifest", "Reflog-Reason",
    "Reflog-Token-Expires",
    "result ne 'pending'", "({}) and {}", "activityDateTime ge {}", "activityDateTime lt {}",
    "State", "ConnectorId", "ConnectorName", "id in ({}) and result ne 'pending'", "id gt {} and id le {}", "id gt {}",
    "id gt {} and result in ('applied', 'unknown', 'pending')",
  ]

  /// The file with the meanings of settings. The meanings are help texts, so the test leaves the file out.
  private static let helpFile = "Settings/Setting.swift"

  @Test func everyTextIsInATable() throws {
    let tables = CommandTexts.all.merging(ProgramTexts.all) { verbs, _ in verbs }
      .merging(ManifestTexts.all) { others, _ in others }
    var texts = try SourceTexts.inSwiftFiles(of: "Sources/reflog", except: Self.hidden)
    texts[Self.helpFile] = nil

    #expect(Set(texts.keys) == Set(tables.keys))
    for (file, expected) in tables { #expect(texts[file] == expected, "\(file)") }
  }
}
