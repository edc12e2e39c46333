#if PostgreSQL
import ReflogStorage
import Testing

@testable import ReflogPostgreSQL

struct PlaceholderTranslationTests {
  @Test(arguments: [
    ("SELECT 1", "SELECT 1", []),
    ("SELECT ?, ?", "SELECT $1, $2", [1, 2]),
    ("SELECT ?2, ?1, ?2", "SELECT $1, $2, $1", [2, 1]),
    ("SELECT ?3, ?", "SELECT $1, $2", [3, 4]),
    ("WHERE a = :a AND b = :b_2 OR a = :a", "WHERE a = $1 AND b = $2 OR a = $1", [1, 2]),
    ("SELECT ?::bigint, :a::text", "SELECT $1::bigint, $2::text", [1, 2]),
    ("SELECT '?', 'it''s :a', \"a?b\", ?", "SELECT '?', 'it''s :a', \"a?b\", $1", [1]),
    ("SELECT E'\\'?', e'\\\\', ?", "SELECT E'\\'?', e'\\\\', $1", [1]),
    ("SELECT ? -- ? :a\n, ?", "SELECT $1 -- ? :a\n, $2", [1, 2]),
    ("SELECT /* ? /* :a */ ? */ ?", "SELECT /* ? /* :a */ ? */ $1", [1]),
    ("SELECT $$ ? $$, $a$ ? $$ $a$, ?", "SELECT $$ ? $$, $a$ ? $$ $a$, $1", [1]),
    ("SELECT a[1:2], b$c, ?", "SELECT a[1:2], b$c, $1", [1]),
    ("SELECT 'ä', :ä", "SELECT 'ä', $1", [1]),
    ("SELECT 'open ?", "SELECT 'open ?", []),
    ("SELECT type'?', ?", "SELECT type'?', $1", [1]),
  ])
  func onlyThePlaceholdersInASQLTextAreReplaced(_ text: String, _ sql: String, _ order: [Int]) {
    let translation = PlaceholderTranslation(text)

    #expect(translation.sql == sql)
    #expect(translation.order == order)
  }

  @Test func argumentsGetTheOrderInWhichTheStatementUsesThem() throws {
    let positional = try PlaceholderTranslation("SELECT ?2, ?1").parameters([1, "two"])
    let named = try PlaceholderTranslation("SELECT :b, :a, :b").parameters(["a": 1, "b": "two"])

    #expect(positional.map(String.init(describing:)) == ["text(\"two\")", "integer(1)"])
    #expect(named.map(String.init(describing:)) == ["text(\"two\")", "integer(1)"])
  }

  @Test func argumentsMustMatchThePlaceholders() {
    #expect(throws: SQLError.self) { try PlaceholderTranslation("SELECT ?").parameters([]) }
    #expect(throws: SQLError.self) { try PlaceholderTranslation("SELECT ?").parameters([1, 2]) }
    #expect(throws: SQLError.self) { try PlaceholderTranslation("SELECT :a").parameters(["b": 1]) }
  }

  @Test func aGUIDIsSentAsItsText() throws {
    let bytes: [UInt8] = [0x8F, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0xEF]

    let parameters = try PlaceholderTranslation("SELECT ?").parameters([SQLValue.guid(bytes)])

    #expect(parameters.map(String.init(describing:)) == ["text(\"8f000102-0304-0506-0708-090a0b0c0def\")"])
  }

  @Test func theNumberOfStoredTranslationsIsLimited() {
    var translations = PlaceholderTranslations()

    for index in 0..<3000 { _ = translations.translation(of: "SELECT ?, \(index)", kept: true) }

    #expect(translations.count <= 1024)
    #expect(translations.translation(of: "SELECT ?, 1", kept: true).sql == "SELECT $1, 1")
  }
}
#endif
