import ReflogModel
import Testing

/// Tests of the filters that forms and options create, and of the help for filters that match nothing.
struct PlainQuestionTests {
  private static let actor =
    "(contains(tolower(initiatedBy/user/id),'adele') or contains(tolower(initiatedBy/user/displayName),'adele') or "
    + "contains(tolower(initiatedBy/user/userPrincipalName),'adele') or "
    + "contains(tolower(initiatedBy/app/servicePrincipalId),'adele') or "
    + "contains(tolower(initiatedBy/app/displayName),'adele') or contains(tolower(initiatedBy/app/appId),'adele') or "
    + "contains(tolower(initiatedBy/token/id),'adele') or contains(tolower(initiatedBy/token/displayName),'adele'))"
  private static let connector =
    "(contains(before/connectorId,'fraud') or contains(after/connectorId,'fraud') or "
    + "contains(tolower(before/displayName),'fraud') or contains(tolower(after/displayName),'fraud'))"

  private static func question(_ change: (inout PlainQuestion) -> Void) -> PlainQuestion {
    var question = PlainQuestion()
    change(&question)
    return question
  }

  private static let questions: [(PlainQuestion, String)] = [
    (question { $0.flow = "SignUp" }, "contains(flowId,'signup')"),
    (question { $0.flow = "b2cUserFlows/B2C_1_signup" }, "flowType eq 'b2cUserFlows' and flowId eq 'B2C_1_signup'"),
    (question { $0.step = "federation" }, "contains(step,'federation')"),
    (
      question { ($0.flow, $0.step) = ("b2cUserFlows/a", "b") },
      "flowType eq 'b2cUserFlows' and flowId eq 'a' and step eq 'b'"
    ),
    (question { ($0.flow, $0.step, $0.isWholeAddress) = ("a", "b", true) }, "flowId eq 'a' and step eq 'b'"),
    (question { $0.actor = "user/Oid-1" }, "initiatedBy/user/id eq 'Oid-1'"),
    (question { $0.actor = "token/0123" }, "initiatedBy/token/id eq '0123'"),
    (question { $0.actor = "ADELE" }, actor), (question { $0.connector = "Fraud" }, connector),
    (
      question { $0.reason = "Größe 'X'" },
      "(contains(tolower(reason),'größe ''x''') or contains(tolower(override/reason),'größe ''x'''))"
    ),
    (
      question { $0.request = "my-request" },
      "(correlationId eq 'my-request' or requestId eq 'my-request' or graphRequestId eq 'my-request')"
    ),
    (question { ($0.flow, $0.result) = ("a", .denied) }, "contains(flowId,'a') and result eq 'denied'"),
  ]

  @Test func aCompleteConnectorIDMatchesOnlyThatConnector() throws {
    let id = "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01"
    let ids = "(before/connectorId eq '\(id)' or after/connectorId eq '\(id)')"

    #expect(Self.question { $0.connector = id }.text == ids)
    #expect(PlainQuestion(aboutChangesOf: try #require(ConnectorID(id))).text == "\(ids) and subject eq 'connector'")
  }

  @Test(arguments: [
    (
      "5D4C3B2A-1f0e-4d9c-8b7a-6f5e4d3c2b1a",
      ["5D4C3B2A-1f0e-4d9c-8b7a-6f5e4d3c2b1a", "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"]
    ),
    ("5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a", ["5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"]), ("VENDOR", ["VENDOR"]),
  ])
  func aSearchAlsoFindsTheUsualFormOfAGUID(words: String, ids: [String]) throws {
    let text = try #require(Self.question { $0.words = words }.text)

    #expect(text.matches(of: /correlationId eq '([^']*)'/).map { String($0.1) } == ids)
    #expect(text.contains("contains(tolower(override/reason),'\(words.lowercased())')"))
    #expect(throws: Never.self) { try ChangeFilter.parse(text) }
  }

  @Test(arguments: questions)
  func textsMatchPartsAndWholeAddressesMatchExactly(question: PlainQuestion, text: String) throws {
    #expect(question.text == text)
    #expect(throws: Never.self) { try question.filter() }
  }

  @Test(arguments: [
    ("singup", ["B2C_1_signup", "B2X_1_signup_partner"]), ("B2C_1_singup", ["B2C_1_signup", "B2X_1_signup_partner"]),
    ("adelle", ["Adele Vance"]),
    ("signup", ["B2C_1_signup", "B2X_1_signup_partner"]), ("zz", []), ("xyzxyz", []), ("", []),
    ("ädele", ["Adele Vance"]),
    (String(repeating: "x", count: 200), []),
  ])
  func namesWithASimilarPartAreFound(text: String, found: [String]) {
    let names = ["B2X_1_signup_partner", "B2C_1_signup", "B2C_1_profile", "Adele Vance", "Lee"]
    #expect(Spelling.names(like: text, among: names, limit: 3) == found)
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (2588, "2,588"), (100_000, "100,000"),
    (10_000_000, "10,000,000"),
    (-1234, "-1,234"),
  ])
  func aLargeNumberHasCommas(number: Int64, text: String) {
    #expect(number.grouped == text)
  }
}
