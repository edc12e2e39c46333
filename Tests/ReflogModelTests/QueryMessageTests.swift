import ReflogModel
import Testing

/// Tests of the exact text of every error about a filter or about JSON.
struct QueryMessageTests {
  private static let operators = "Use eq, ne, gt, ge, lt, le or in."

  private func message(_ text: String) -> String? {
    do {
      _ = try ChangeFilter.parse(text)
      return nil
    } catch {
      return error.description
    }
  }

  private func problem(_ bytes: some Collection<UInt8>) -> String? {
    do {
      _ = try JSONValue(parsing: bytes)
      return nil
    } catch {
      return error.problem
    }
  }

  @Test(arguments: [
    ("id = 1", "Invalid filter clause at position 3: unexpected character '='."),
    ("reason eq 'x", "Invalid filter clause at position 10: a text in single quotes does not end."),
    ("reason eq 'x\u{0}'", "Invalid filter clause at position 10: a text in single quotes contains a NUL."),
    ("", "Invalid filter clause at position 0: expected a field."),
    ("id eq 1 and", "Invalid filter clause at position 11: expected a field."),
    ("contains()", "Invalid filter clause at position 9: expected a field."),
    ("color eq 1", "Invalid filter clause at position 0: there is no field 'color'."),
    ("id", "Invalid filter clause at position 2: expected an operator. \(operators)"),
    ("id is 1", "Invalid filter clause at position 3: there is no operator 'is'. \(operators)"),
    ("id eq 1)", "Invalid filter clause at position 7: expected 'and', 'or' or the end of the filter."),
    ("(id eq 1", "Invalid filter clause at position 8: expected ')'."),
    ("id in 1", "Invalid filter clause at position 6: expected '('."),
    ("contains reason", "Invalid filter clause at position 9: expected '('."),
    ("contains(reason 'x')", "Invalid filter clause at position 16: expected a comma."),
    ("contains(reason,1)", "Invalid filter clause at position 16: expected a text in single quotes."),
    ("contains(id,'1')", "Invalid filter clause at position 9: contains needs a text field, but id is not one."),
    ("startswith(id,'1')", "Invalid filter clause at position 11: startswith needs a text field, but id is not one."),
    (
      "reason gt null",
      "Invalid filter clause at position 7: null, true and false can only be compared with eq and ne."
    ),
  ])
  func theMessageExplainsAMistakeInTheSyntax(filter: String, expected: String) {
    #expect(message(filter) == expected)
  }

  @Test(arguments: [
    (
      "result eq applied",
      "Invalid filter clause at position 10: compare result with a text in single quotes, or with null."
    ),
    ("step eq 1", "Invalid filter clause at position 8: compare step with a text in single quotes, or with null."),
    ("id eq 'x'", "Invalid filter clause at position 6: compare id with a whole number, or with null."),
    ("sequence eq x", "Invalid filter clause at position 12: compare sequence with a whole number, or with null."),
    (
      "activityDateTime ge '2026-01-01'",
      "Invalid filter clause at position 20: compare activityDateTime with a time without quotes, such as "
        + "2026-03-01T14:00:00Z, or with null."
    ),
  ])
  func theMessageExplainsAValueOfTheWrongKind(filter: String, expected: String) {
    #expect(message(filter) == expected)
  }

  @Test func aFlagIsComparedWithTrueOrFalse() {
    let error = #expect(throws: FilterError.self) { try ConfigurationFilter.parse("known eq 1") }

    #expect(error?.description == "Invalid filter clause at position 9: compare known with true or false.")
  }

  @Test func theMessageExplainsEachLimit() {
    let long = String(repeating: " ", count: 8193)
    let deep = String(repeating: "(", count: 40)
    let many = Array(repeating: "id eq 1", count: 201).joined(separator: " or ")

    #expect(message(long) == "Invalid filter clause at position 8192: the filter is longer than 8192 bytes.")
    #expect(message(deep) == "Invalid filter clause at position 32: the filter is nested deeper than 32 levels.")
    #expect(message(many) == "Invalid filter clause at position 2200: the filter has more than 200 comparisons.")
  }

  @Test(arguments: [
    ("", "the text ends, but a value is expected"), ("[", "the text ends, but a value is expected"),
    ("x", "expected a value"), ("tru", "expected a value"), ("[1,]", "expected a value"),
    ("1 2", "unexpected text after the value"), ("{a:1}", "expected the name of a member"),
    ("{\"a\" 1}", "expected a colon"), ("{\"a\":1,\"a\":2}", "duplicate member a"),
    ("{\"a\":1", "expected a comma or the end of the object"), ("[1", "expected a comma or the end of the array"),
    ("\"", "the string does not end"), ("\"\n\"", "unescaped control character in a string"),
    ("\"\\", "the text ends within an escape sequence"), ("\"\\x\"", "unknown escape sequence"),
    ("\"\\u12\"", "expected four hexadecimal digits"), ("\"\\uD800\"", "lone surrogate"),
    ("\"\\uD800\\u0041\"", "lone surrogate"), ("\"\\uDC00\"", "lone surrogate"), ("-", "expected a digit"),
    ("1.", "expected a digit"), ("1e", "expected a digit"),
  ])
  func theMessageExplainsAMistakeInTheJSON(text: String, expected: String) {
    #expect(problem(text.utf8) == expected)
  }

  @Test func everyOtherProblemOfJSONHasItsText() {
    let invalid: [UInt8] = [0x22, 0xFF, 0x22]

    #expect(problem(invalid) == "the string is not valid UTF-8")
    #expect(problem(String(repeating: "[", count: 65).utf8) == "values are nested deeper than 64 levels")
  }

  @Test func aJSONErrorContainsThePositionInBytes() {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: #"{"a":1 "b":2}"#.utf8) }

    #expect(error?.description == "expected a comma or the end of the object at byte 7")
  }
}
