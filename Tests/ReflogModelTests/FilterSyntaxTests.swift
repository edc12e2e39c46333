import ReflogModel
import Testing

/// Tests of the syntax of `$filter` (OData 4.01 URL Conventions and ABNF), with one row for each form of the grammar.
struct FilterSyntaxTests {
  @Test(arguments: [
    // Filters with spaces and tabs. White space is required around operators, and optional at all other places.
    ("  id   eq\t1  ", "id eq 1"), ("(\tid eq 1 )", "id eq 1"), ("id in(1)", "id in (1)"),
    ("id in (\t1 ,2 )", "id in (1, 2)"), ("contains( reason ,\t'x' )", "contains(reason,'x')"),
    ("id eq 1 and(id eq 2)", "(id eq 1 and id eq 2)"), ("not(id eq 1)", "not id eq 1"),
    // Filters with keywords in upper and lower case.
    ("reason EQ 'x'", "reason eq 'x'"), ("reason Ne NULL", "reason ne null"), ("reason IN (Null)", "reason in (null)"),
    ("NOT id Eq 1 AND id eq 2 Or id eq 3", "((not id eq 1 and id eq 2) or id eq 3)"),
    ("StartsWith(reason,'C') and CONTAINS(reason,'H')", "(startswith(reason,'C') and contains(reason,'H'))"),
    // Filters with texts.
    ("reason eq ''", "reason eq ''"), ("reason eq ''''", "reason eq ''''"),
    ("reason eq 'O''Neil'", "reason eq 'O''Neil'"),
    ("reason eq 'a,(b) and ''c'' or d'", "reason eq 'a,(b) and ''c'' or d'"), ("reason eq 'eq'", "reason eq 'eq'"),
    ("reason eq 'Ünï 検査'", "reason eq 'Ünï 検査'"), ("reason eq '%20+&='", "reason eq '%20+&='"),
    ("reason lt 'x'", "reason lt 'x'"), ("flowId eq 'a\tb'", "flowId eq 'a\tb'"),
    // Filters with numbers.
    ("sequence gt -1", "sequence gt -1"), ("sequence eq +7", "sequence eq 7"), ("sequence eq 007", "sequence eq 7"),
    ("sequence le 9223372036854775807", "sequence le 9223372036854775807"),
    ("sequence ge -9223372036854775808", "sequence ge -9223372036854775808"), ("id eq '17'", "id eq 17"),
    ("status/http eq 404", "status/http eq 404"), ("sequence eq '-1'", "sequence eq -1"),
    // Filters with lists.
    ("id in (1)", "id in (1)"), ("reason in ('a', null)", "reason in ('a', null)"), ("id in ('1',2)", "id in (1, 2)"),
    ("not (result in ('applied','denied'))", "not result in ('applied', 'denied')"),
    // A function such as `contains` is a condition, and can also be compared with a boolean.
    ("startswith(reason,'x') eq true", "startswith(reason,'x')"),
    ("contains(reason,'x') eq False", "not contains(reason,'x')"),
    ("contains(reason,'x') ne true", "not contains(reason,'x')"),
    ("contains(reason,'x') ne false", "contains(reason,'x')"),
    ("true eq contains(reason,'x')", "contains(reason,'x')"), ("(id eq 1) eq true", "id eq 1"),
    ("(id eq 1 or id eq 2) ne TRUE", "not (id eq 1 or id eq 2)"), ("contains(reason,'')", "contains(reason,'')"),
    ("not startswith(reason,'x') eq true", "not startswith(reason,'x')"),
    // Filters with the function `tolower`. The function has no effect on a field that ignores case.
    ("tolower(reason) eq 'x'", "tolower(reason) eq 'x'"), ("ToLower( reason )ne 'x'", "tolower(reason) ne 'x'"),
    ("'x' eq tolower(reason)", "tolower(reason) eq 'x'"), ("tolower(flowId) eq 'x'", "flowId eq 'x'"),
    ("tolower(reason) in ('x', null)", "tolower(reason) in ('x', null)"),
    ("reason eq tolower('ÄX')", "reason eq 'äx'"), ("tolower('X') eq tolower(reason)", "tolower(reason) eq 'x'"),
    ("contains(tolower(reason),'x')", "contains(tolower(reason),'x')"),
    ("startswith(tolower(step),tolower('X')) eq false", "not startswith(step,'x')"),
    ("startswith(reason,tolower('X'))", "startswith(reason,'x')"),
    ("not contains(tolower(reason),'X')", "not contains(tolower(reason),'X')"),
    // Filters with parentheses, and the precedence of operators.
    ("((id eq 1))", "id eq 1"), ("(id) eq (1)", "id eq 1"), ("id eq ((1))", "id eq 1"), ("((id)) in (1)", "id in (1)"),
    ("not not id eq 1", "not not id eq 1"), ("not (not (id eq 1))", "not not id eq 1"),
    ("id eq 1 or id eq 2 and not id eq 3", "(id eq 1 or (id eq 2 and not id eq 3))"),
    ("(id eq 1 or id eq 2) and id eq 3", "((id eq 1 or id eq 2) and id eq 3)"),
    // Filters with the literal to the left of the operator.
    ("1 lt id", "id gt 1"), ("1 ge id", "id le 1"), ("1 gt id", "id lt 1"), ("1 le id", "id ge 1"),
    ("1 eq id", "id eq 1"),
    ("('x') eq (reason)", "reason eq 'x'"), ("null ne reason", "reason ne null"),
    ("2020-01-01 le activityDateTime", "activityDateTime ge 2020-01-01T00:00:00.000000Z"),
    ("'none' eq after/state", "after/state eq 'none'"),
  ])
  func everyFormOfTheGrammarIsRead(text: String, meaning: String) throws {
    let filter = try ChangeFilter.parse(text)

    #expect(filter.description == meaning)
    #expect(try ChangeFilter.parse(filter.description) == filter)
  }

  @Test(arguments: [
    ("known", "known eq true"), ("not known", "not known eq true"),
    ("known and certain", "(known eq true and certain eq true)"),
    ("known eq TRUE", "known eq true"), ("false ne certain", "certain ne false"), ("(known)", "known eq true"),
    ("known eq true or not (certain)", "(known eq true or not certain eq true)"),
  ])
  func aBooleanFieldIsAConditionWithoutAComparison(text: String, meaning: String) throws {
    #expect(try ConfigurationFilter.parse(text).description == meaning)
  }

  @Test(arguments: [
    ("ge 2020-01-01", "ge 2020-01-01T00:00:00.000000Z"), ("ge 2020-01-01T00:00Z", "ge 2020-01-01T00:00:00.000000Z"),
    ("ge 2020-01-01t10:20:30z", "ge 2020-01-01T10:20:30.000000Z"), ("lt 2024-02-29", "lt 2024-02-29T00:00:00.000000Z"),
    ("eq 2020-01-01T01:30:00+01:30", "eq 2020-01-01T00:00:00.000000Z"),
    ("eq 2019-12-31T16:00:00-08:00", "eq 2020-01-01T00:00:00.000000Z"),
    ("eq 2020-01-01T00:00-00:00", "eq 2020-01-01T00:00:00.000000Z"),
    ("eq 2020-01-01T23:59:59.9Z", "eq 2020-01-01T23:59:59.900000Z"),
    ("eq 2020-01-01T00:00:00.123456000000Z", "eq 2020-01-01T00:00:00.123456Z"), ("ne NULL", "ne null"),
    // Filters with a time between two microseconds. The parsed filter has the earlier microsecond, and an operator with
    // which it selects the same changes.
    ("ge 2020-01-01T00:00:00.1234567Z", "gt 2020-01-01T00:00:00.123456Z"),
    ("gt 2020-01-01T00:00:00.1234567Z", "gt 2020-01-01T00:00:00.123456Z"),
    ("lt 2020-01-01T00:00:00.1234567Z", "le 2020-01-01T00:00:00.123456Z"),
    ("le 2020-01-01T00:00:00.123456000001Z", "le 2020-01-01T00:00:00.123456Z"),
    ("ge 1969-12-31T23:59:59.9999999Z", "gt 1969-12-31T23:59:59.999999Z"),
  ])
  func everyFormOfATimeIsRead(condition: String, meaning: String) throws {
    #expect(try ChangeFilter.parse("activityDateTime \(condition)").description == "activityDateTime \(meaning)")
  }

  private static let wrongTime =
    "compare activityDateTime with a time without quotes, such as 2026-03-01T14:00:00Z, or with null"
  private static func noZone(_ time: String) -> String {
    "the time \(time) has no time zone. Add Z, or an offset such as -01:00 or %2B01:00"
  }
  private static let tooPrecise =
    "for eq, ne and in, write at most six digits after the point, because activityDateTime has no more"

  @Test(arguments: [
    ("ge '2020-01-01T00:00:00Z'", 20, wrongTime), ("ge 2020-13-01", 20, wrongTime), ("ge 2020-02-30", 20, wrongTime),
    ("ge 2023-02-29", 20, wrongTime), ("ge 01-SEP-2021", 20, wrongTime), ("ge 2020-01-01T25:00:00Z", 20, wrongTime),
    ("ge 2020-01-01T24:00:00Z", 20, wrongTime), ("ge 2020-01-01T00:60Z", 20, wrongTime),
    ("ge 2020-01-01T00:00:60Z", 20, wrongTime),
    ("ge yesterday", 20, wrongTime),
    ("ge now()", 20, "there is no function 'now'. Use startswith, contains or tolower"),
    ("ge 20200101", 20, wrongTime), ("ge -2020-01-01", 20, wrongTime), ("ge 12020-01-01", 20, wrongTime),
    ("ge 2020-01-01T00:00:00.Z", 20, wrongTime), ("ge 2020-01-01T00:00:00.1234567890123Z", 20, wrongTime),
    ("ge 2020-01-01T00Z", 20, wrongTime), ("ge 2020-01-01T00:00:00+01", 20, wrongTime),
    ("ge 2020-01-01T00:00:00+0100", 20, wrongTime), ("ge 2020-01-01T00:00:00+24:00", 20, wrongTime),
    ("ge datetime'2020-01-01T00:00:00'", 20, wrongTime), ("ge 1577836800", 20, wrongTime), ("ge 2020", 20, wrongTime),
    ("ge 2020-01-01T00:00:00", 20, noZone("2020-01-01T00:00:00")),
    ("ge 2020-01-01T00:00", 20, noZone("2020-01-01T00:00")),
    ("ge 2020-01-01T00:00:00 01:00", 20, noZone("2020-01-01T00:00:00")),
    ("eq 2020-01-01T00:00:00.1234567Z", 20, tooPrecise),
    ("ne 2020-01-01T00:00:00.1234567Z", 20, tooPrecise),
    ("in (2020-01-01,2020-01-01T00:00:00.1234567Z)", 32, tooPrecise),
  ])
  func anAmbiguousTimeIsRefused(condition: String, position: Int, problem: String) {
    let error = #expect(throws: FilterError.self) { try ChangeFilter.parse("activityDateTime \(condition)") }

    #expect(error?.position == position)
    #expect(error?.problem == problem)
  }

  private static let operators = "Use eq, ne, gt, ge, lt, le or in"
  private static let functions = "Use startswith, contains or tolower"
  private static let wholeNumber = "compare sequence with a whole number, or with null"
  private static let text = "compare reason with a text in single quotes, or with null"
  private static let flagOnly = "compare a condition only with true or false, and only with eq or ne"

  @Test(arguments: [
    // Filters with fields, operators or functions that Reflog does not have.
    ("createdDateTime ge 2020-01-01", 0, "there is no field 'createdDateTime'"),
    ("Id eq 1", 0, "there is no field 'Id'"),
    ("id eq 1 and colour eq 1", 12, "there is no field 'colour'"), ("'x' eq colour", 0, "expected a field"),
    ("1 eq 1", 0, "expected a field"), ("true", 0, "there is no field 'true'"), ("null", 0, "there is no field 'null'"),
    ("before/state/x eq 'a'", 0, "there is no field 'before/state/x'"),
    ("before eq null", 0, "there is no field 'before'"),
    ("id has 1", 3, "there is no operator 'has'. \(operators)"),
    ("sequence add 1 eq 2", 9, "there is no operator 'add'. \(operators)"),
    ("sequence mod 2 eq 0", 9, "there is no operator 'mod'. \(operators)"), ("id == 1", 3, "unexpected character '='"),
    ("id = 1", 3, "unexpected character '='"), ("id eq 1 && id eq 2", 8, "unexpected character '&'"),
    ("!(id eq 1)", 0, "unexpected character '!'"), ("id eq @p1", 6, "unexpected character '@'"),
    ("$it/id eq 1", 0, "unexpected character '$'"), ("reason eq \"x\"", 10, "unexpected character '\"'"),
    ("id in [1,2]", 6, "unexpected character '['"), ("id eq 1\nand id eq 2", 7, "unexpected character '\u{FFFD}'"),
    ("id eq 1;", 7, "unexpected character ';'"), ("reason eq ’x’", 10, "unexpected character '’'"),
    ("endswith(reason,'x')", 0, "there is no function 'endswith'. \(functions)"),
    ("toupper(reason) eq 'X'", 0, "there is no function 'toupper'. \(functions)"),
    ("reason eq toupper('x')", 10, "there is no function 'toupper'. \(functions)"),
    ("tolower(id) eq '1'", 8, "tolower needs a text field, but id is not one"),
    ("tolower(tolower(reason)) eq 'x'", 8, "there is no field 'tolower'"), ("tolower()", 8, "expected a field"),
    ("tolower(reason", 14, "expected ')'"), ("tolower(reason) eq x", 19, text),
    ("tolower(reason) gt 'x'", 16, "tolower can only be compared with eq, ne and in"),
    ("'x' le tolower(reason)", 4, "tolower can only be compared with eq, ne and in"),
    ("contains(tolower(sequence),'1')", 9, "contains needs a text field, but sequence is not one"),
    ("contains(tolower('A'),'a')", 17, "expected a field"),
    ("contains(reason,tolower(subject))", 16, "expected tolower with a text in single quotes"),
    ("reason eq tolower(subject)", 10, "expected tolower with a text in single quotes"),
    ("length( reason ) gt 1", 0, "there is no function 'length'. \(functions)"),
    ("initiatedBy/any(x:x/id eq 'a')", 0, "there is no function 'initiatedBy/any'. \(functions)"),
    ("cast(id,Edm.String) eq '1'", 0, "there is no function 'cast'. \(functions)"),
    ("contains('abc',reason)", 9, "expected a field"), ("contains(reason)", 15, "expected a comma"),
    ("contains(reason,'a','b')", 19, "expected ')'"), ("contains(reason,null)", 16, "expected a text in single quotes"),
    // Filters with literals of a wrong type, or with literals that Reflog does not have.
    ("sequence eq 1.0", 12, wholeNumber), ("sequence eq 1e3", 12, wholeNumber), ("sequence eq INF", 12, wholeNumber),
    ("sequence eq 9223372036854775808", 12, wholeNumber), ("sequence eq true", 12, wholeNumber),
    ("sequence eq --1", 12, wholeNumber), ("sequence eq '01'", 12, wholeNumber), ("sequence eq ' 1'", 12, wholeNumber),
    ("sequence eq '+1'", 12, wholeNumber), ("sequence eq", 11, wholeNumber), ("sequence in (1,)", 15, wholeNumber),
    ("sequence in ()", 13, wholeNumber), ("sequence in (1 2)", 15, "expected ')'"),
    ("sequence in 1", 12, "expected '('"),
    ("reason eq x", 10, text), ("reason eq 1", 10, text), ("reason eq 5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a", 10, text),
    ("reason eq duration'P1D'", 10, text), ("reason eq nul", 10, text), ("reason in ('a',b)", 15, text),
    ("reason eq id", 10, "compare reason with a value, not with the field id"),
    (
      "before/connectorId ne after/connectorId", 22,
      "compare before/connectorId with a value, not with the field after/connectorId"
    ),
    // Filters with wrong conditions or wrong booleans.
    ("reason", 6, "expected an operator. \(operators)"), ("not reason", 10, "expected an operator. \(operators)"),
    ("reason and id eq 1", 7, "expected an operator. \(operators)"), ("contains(reason,'x') gt false", 21, flagOnly),
    ("contains(reason,'x') eq null", 21, flagOnly), ("contains(reason,'x') eq 1", 21, flagOnly),
    ("(id eq 1) eq (id eq 2)", 10, flagOnly), ("contains(reason,'x') in (true)", 21, "'in' needs a field on its left"),
    ("reason gt null", 7, "null, true and false can only be compared with eq and ne"),
    ("null lt reason", 5, "null, true and false can only be compared with eq and ne"),
    // Filters with wrong parentheses or a wrong end.
    ("(id eq 1", 8, "expected ')'"), ("id eq 1)", 7, "expected 'and', 'or' or the end of the filter"),
    ("id eq (1", 8, "expected ')'"), ("()", 1, "expected a field"), ("id eq 1 and", 11, "expected a field"),
    ("and id eq 1", 0, "there is no field 'and'"), ("not", 3, "expected a field"), ("\t", 1, "expected a field"),
    ("contains(reason,'x') or", 23, "expected a field"),
    ("id eq 1,id eq 2", 7, "expected 'and', 'or' or the end of the filter"),
  ])
  func everyOtherTextIsRefusedWithThePositionOfTheMistake(filter: String, position: Int, problem: String) {
    let error = #expect(throws: FilterError.self, "\(filter)") { try ChangeFilter.parse(filter) }

    #expect(error?.position == position, "\(filter)")
    #expect(error?.problem == problem, "\(filter)")
  }

  @Test func theCostOfAFilterIsLimited() {
    let spaces = String(repeating: " ", count: 8000)
    let texts = (0..<200).map { "contains(reason,'\($0)')" }.joined(separator: " or ")

    #expect(throws: Never.self) { try ChangeFilter.parse(spaces + "id eq 1") }
    #expect(throws: Never.self) { try ChangeFilter.parse(texts) }
    for opening in ["(", "not ", "not(", "id eq ("] {
      let error = #expect(throws: FilterError.self) { try ChangeFilter.parse(String(repeating: opening, count: 1000)) }
      #expect(error?.problem == "the filter is nested deeper than 32 levels" || opening == "id eq (", "\(opening)")
    }
    let deepLiteral = "id eq " + String(repeating: "(", count: 100) + "1" + String(repeating: ")", count: 100)
    let error = #expect(throws: FilterError.self) { try ChangeFilter.parse(deepLiteral) }
    #expect(error?.problem == "the filter is nested deeper than 32 levels")
    for many in ["id in (\(Array(repeating: "1", count: 201).joined(separator: ",")))", texts + " or id eq 1"] {
      let error = #expect(throws: FilterError.self) { try ChangeFilter.parse(many) }
      #expect(error?.problem == "the filter has more than 200 comparisons")
    }
  }
}
