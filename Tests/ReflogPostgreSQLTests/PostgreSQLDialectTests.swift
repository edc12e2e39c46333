#if PostgreSQL
import ReflogPostgreSQL
import ReflogStorage
import Testing

@Suite(.needsServer)
struct PostgreSQLDialectTests {
  private static let dialect = PostgreSQLDialect()
  static let expressions: [(String, SQLArguments, StoredValue)] = [
    (dialect.greater("?1", "3"), [5], .integer(5)),
    (dialect.greater("?1", "?2"), [5, 6], .integer(6)),
    ("\(dialect.ignoringCase("?1")) = \(dialect.ignoringCase("?2"))", ["AbÄ", "aBÄ"], .integer(1)),
    ("\(dialect.ignoringCase("?1")) = \(dialect.ignoringCase("?2"))", ["Ä", "ä"], .integer(0)),
    ("\(dialect.bytewise("?1")) < ?2", ["B", "a"], .integer(1)),
    ("\(dialect.bytewise("?1")) < ?2", ["z", "ä"], .integer(1)),
    (dialect.bytes(of: "?", ignoringCase: false), ["Aä"], .blob([0x41, 0xC3, 0xA4])),
    (dialect.bytes(of: "?", ignoringCase: true), ["AÄ"], .blob([0x61, 0xC3, 0x84])),
    (dialect.position(of: "?1", in: "?2"), ["b", "äb"], .integer(2)),
    (dialect.position(of: "?1", in: "?2"), ["c", "ab"], .integer(0)),
    (dialect.position(of: "?1", in: "?2"), [[UInt8]([2]), [UInt8]([0, 1, 2])], .integer(3)),
    (
      dialect.position(
        of: dialect.bytes(of: "?1", ignoringCase: true),
        in: dialect.bytes(of: "?2", ignoringCase: true)
      ),
      ["B", "äb"], .integer(3)
    ),
    ("5 IN (\(dialect.numbers(inArray: "?")))", ["[1, 5, 9223372036854775807]"], .integer(1)),
    ("5 IN (\(dialect.numbers(inArray: "?")))", ["[]"], .integer(0)),
    ("'b' IN (\(dialect.texts(inArray: "?")))", ["[\"a\", \"b\"]"], .integer(1)),
    ("(\(dialect.texts(inArray: "?")))", ["[\"ä\\\"\"]"], .text("ä\"")),
    (dialect.requestID("id"), [], .text("r")),
  ]

  @Test(arguments: expressions.indices) func everySQLExpressionHasItsValue(_ index: Int) throws {
    let (expression, arguments, expected) = Self.expressions[index]
    let connection = try TestServer.connect()
    let table = Self.dialect.table("sample", index: "sample_id")

    let value = try connection.first("WITH sample (id) AS (SELECT 'r') SELECT \(expression) FROM \(table)", arguments) {
      try StoredValue($0)
    }

    #expect(value == expected)
  }

  @Test func theQueryPlanHasOneRowForEachLine() throws {
    let connection = try TestServer.connect()
    let dialect = connection.dialect

    let plan = try connection.rows("\(dialect.explain) SELECT oid FROM pg_class WHERE oid = ?", [1], kept: false) {
      try $0.text(dialect.explainColumn)
    }

    #expect(plan.first?.contains("pg_class_oid_index") == true)
  }
}
#endif
