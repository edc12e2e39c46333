import ReflogTesting
import Testing

/// Tests that the tables of this target contain every text of the command line, except the texts of its help.
///
/// To change a text, change its row too. To add a text, add a row to the file in the table.
struct CommandTextTests {
  /// The strings that look like texts, but that no user sees.
  private static let hidden: Set = [
    "Bearer {}", "Content-Type", "Location", "Reflog-Change-Id", "Reflog-Manifest", "Reflog-Reason",
    "Reflog-Token-Expires",
    "result ne 'pending'", "({}) and {}", "activityDateTime ge {}", "activityDateTime lt {}",
    "State", "ConnectorId", "ConnectorName", "id in ({}) and result ne 'pending'", "id gt {} and id le {}",
  ]

  /// The meanings of settings are a part of the help.
  private static let helpFile = "Settings/Setting.swift"

  @Test func everyTextIsInATable() throws {
    let tables = CommandTexts.all.merging(ProgramTexts.all) { verbs, _ in verbs }
    var texts = try SourceTexts.inSwiftFiles(of: "Sources/reflog", except: Self.hidden)
    texts[Self.helpFile] = nil

    #expect(Set(texts.keys) == Set(tables.keys))
    for (file, expected) in tables { #expect(texts[file] == expected, "\(file)") }
  }
}
