import ReflogTesting
import Testing

/// Tests that the tables of this target contain every text of the pages.
///
/// If you change a text, also change its row in the table. If you add a text, add a row below the name of its file.
struct PageTextTests {
  /// The strings of the script and of the models that look like texts, but that no user sees.
  private static let hidden: Set = [
    "use strict", ".more a[rel=next]", ".more, .empty", "#days > section", "a, button, input",
    "text/css; charset=utf-8", "text/javascript; charset=utf-8",
    " href=\"", " action=\"", " src=\"", " data-count=\"", " data-news=\"", " content=\"0; url=",
    "ESCAPED", "{{% CONTENT_TYPE:ESCAPED}}", "A template can't be parsed: {}",
  ]

  @Test func everyTextOfATemplateIsInTheTable() throws {
    let texts = try SourceTexts.inTemplates(of: "Sources/ReflogWeb/Templates", except: Self.hidden)

    #expect(Set(texts.keys) == Set(TemplateTexts.all.keys))
    for (file, expected) in TemplateTexts.all { #expect(texts[file] == expected, "\(file)") }
  }

  @Test func everyTextOfAModelIsInTheTable() throws {
    let texts = try SourceTexts.inSwiftFiles(of: "Sources/ReflogWeb", except: Self.hidden)

    #expect(Set(texts.keys) == Set(ViewTexts.all.keys))
    for (file, expected) in ViewTexts.all { #expect(texts[file] == expected, "\(file)") }
  }
}
