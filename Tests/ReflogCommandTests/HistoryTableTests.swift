import ReflogFormats
import ReflogModel
import Testing

@testable import reflog

/// Tests that two different names also look different in the table of `reflog history`, even on a narrow terminal.
struct HistoryTableTests {
  /// A history of flows and connectors whose names differ only at their ends.
  private static let body: JSONObject = [
    "value": .array([
      change(9_999_999, "B2C_1_signup_market_017", "postFederationSignup", "Fraud check 17", "Fraud check 18"),
      change(9_999_998, "B2C_1_signup_market_018", "postAttributeCollection", "Fraud check 18", "Fraud check 17"),
    ])
  ]

  private static func change(
    _ id: Int64,
    _ flow: String,
    _ step: String,
    _ before: String,
    _ after: String
  ) -> JSONValue {
    func reference(_ name: String) -> JSONValue {
      .object(["state": "connector", "connectorId": .string(name), "displayName": .string(name)])
    }
    return .object([
      "id": .string("\(id)"), "activityDateTime": "2026-11-23T09:15:02.123456Z", "kind": "update", "result": "applied",
      "subject": "step", "flowType": "b2cUserFlows", "flowId": .string(flow), "step": .string(step),
      "before": reference(before), "after": reference(after), "reason": "CHG0042: the vendor has a new region",
      "initiatedBy": .object([
        "type": "user", "user": .object(["id": "oid", "userPrincipalName": "adele.vance@contoso.example"]),
      ]),
    ])
  }

  private static let expected: [(Int, [String], String)] = [
    (
      60, ["b2cUserFlows/", "KIND", "REASON", "BEFORE", "WHO", "TIME (UTC)"],
      """
      ID       STEP                        AFTER           RESULT
      9999999  B2C_1_…et_017/postFe…ignup  Fraud check 18  applied
      9999998  B2C_1_…et_018/postAt…ction  Fraud check 17  applied

      """
    ),
    (
      80, ["b2cUserFlows/", "KIND", "REASON", "BEFORE", "WHO"],
      """
      ID       TIME (UTC)           STEP                       AFTER           RESULT
      9999999  2026-11-23 09:15:02  B2C_1_…t_017/postFe…ignup  Fraud check 18  applied
      9999998  2026-11-23 09:15:02  B2C_1_…t_018/postAt…ction  Fraud check 17  applied

      """
    ),
    (
      100, ["b2cUserFlows/", "KIND", "REASON", "BEFORE"],
      """
      ID       TIME (UTC)           STEP                       AFTER           RESULT   WHO
      9999999  2026-11-23 09:15:02  B2C_1_…t_017/postFe…ignup  Fraud check 18  applied  adele.van….example
      9999998  2026-11-23 09:15:02  B2C_1_…t_018/postAt…ction  Fraud check 17  applied  adele.van….example

      """
    ),
    (
      120, ["b2cUserFlows/", "KIND"],
      """
      ID       TIME (UTC)           STEP                       BEFORE        AFTER         RESULT   WHO           REASON
      9999999  2026-11-23 09:15:02  B2C_1_…t_017/postFe…ignup  Fraud …ck 17  Fraud …ck 18  applied  adele.…ample  \
      CHG004…egion
      9999998  2026-11-23 09:15:02  B2C_1_…t_018/postAt…ction  Fraud …ck 18  Fraud …ck 17  applied  adele.…ample  \
      CHG004…egion

      """
    ),
  ]

  @Test(arguments: expected)
  func namesThatDifferLookDifferent(columns: Int, leftOut: [String], text: String) {
    let fitted = ChangeTables.history(Self.body, emptyText: "").fitted(columns: columns)

    #expect(fitted.leftOut == leftOut)
    #expect(fitted.table.text(columns: columns) == text)
    #expect(text.split(separator: "\n").allSatisfy { String($0).columns <= columns })
  }

  /// The directory is not read before a denied change. Before other changes, it is read, but can be unreadable.
  @Test(arguments: [
    ("denied", "(not read)", "was to roll back"), ("rejected", "(unknown)", "was to roll back"),
    ("applied", "(unknown)", "rolls back"),
  ])
  func anUnreadReferenceIsNotShownAsUnknown(result: String, before: String, relation: String) throws {
    var change = try #require(Self.body.objects("value").first)
    change["result"] = .string(result)
    change["before"] = .object(["state": "unknown", "connectorId": .null, "displayName": .null])
    change["rollbackOf"] = "6"

    let row = try #require(ChangeTables.history(["value": .array([.object(change)])], emptyText: "").rows.first)
    #expect(row[3] == before)
    #expect(ChangeTables.line(change).contains(" \(before) → Fraud check 18 "))
    let details = ChangeTables.change(change).rows
    #expect(details.contains(["before", before]))
    #expect(details.contains([relation, "6"]))
  }

  /// Two edits of a connector whose target URL has a path of eight parts, and a change that was rolled back.
  private static func edited() -> Table {
    let path = "fraud.contoso.example/api/v2/tenants/contoso/markets/emea/checks/signup"
    var table = ChangeTables.history(body, emptyText: "")
    for row in table.rows.indices {
      table.rows[row][2] = "connector of \(table.rows[row][2]) and 2 more"
      table.rows[row][4] = "edited: targetUrl → \(path)-\(row) (was \(path))"
    }
    table.rows.append(table.rows[0])
    table.rows[2][4] = "b2cUserFlows/Fraud check"
    table.rows[2][6] = "applied, rolled back by 9999999"
    return table
  }

  @Test(
    arguments: [
      (80, ["b2cUserFlows/", "KIND", "REASON", "BEFORE", "WHO", "TIME (UTC)"]),
      (110, ["b2cUserFlows/", "KIND", "REASON", "BEFORE", "WHO"]),
      (140, ["b2cUserFlows/", "KIND", "REASON"]),
    ]
  )
  func anEditIsShortenedAndHidesNoOtherColumn(columns: Int, leftOut: [String]) {
    let fitted = Self.edited().fitted(columns: columns)
    let text = fitted.table.text(columns: columns)

    #expect(fitted.leftOut == leftOut)
    #expect(text.split(separator: "\n").allSatisfy { String($0).columns <= columns }, "\(text)")
    #expect(text.contains("edited"), "\(text)")
    #expect(text.contains("applied, rolled back by 9999999"), "\(text)")
    #expect(fitted.table.rows[2].contains("b2cUserFlows/Fraud check"))
    #expect(fitted.table.rows[0].contains("connector of B2C_1_signup_market_017/postFederationSignup and 2 more"))
  }

  @Test func theTypeOfTheFlowsStaysIfThereAreTwoTypes() {
    var table = ChangeTables.history(Self.body, emptyText: "")
    table.rows[0][2] = "b2xUserFlows/B2X_1_partner/postFederationSignup"

    let fitted = table.fitted(columns: 80)

    #expect(!fitted.leftOut.contains("b2cUserFlows/"))
    #expect(fitted.table.rows[0].contains("b2xUserFlows/B2X_1_partner/postFederationSignup"))
  }

  @Test func aComparisonNamesBothExactTimes() {
    let body: JSONObject = [
      "asOf": "2026-03-01T00:00:00.000000Z", "compareWith": "2026-03-31T00:00:00.000000Z", "comparedSteps": .integer(2),
      "value": .array([]),
    ]

    #expect(
      ChangeTables.comparison(body).text() == """
        FIRST is the state at 2026-03-01T00:00:00.000000Z.
        SECOND is the state at 2026-03-31T00:00:00.000000Z.
        No step differs between the two times. Compared steps: 2.

        """
    )
  }
}
