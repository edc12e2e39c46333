import Foundation
import ReflogFormats
import ReflogModel
import Testing

@testable import reflog

/// Tests that the table of `reflog history` shows names that differ as different names, also on a narrow terminal.
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

  @Test(arguments: [60, 80, 100, 120, 160])
  func theTableFitsTheTerminal(columns: Int) throws {
    let (table, leftOut) = ChangeTables.history(Self.body, emptyText: "").fitted(columns: columns)
    let text = table.text(columns: columns)

    print("\(columns): \(leftOut)\n\(text)")
    #expect(text.split(separator: "\n").allSatisfy { String($0).columns <= columns })
  }
}
