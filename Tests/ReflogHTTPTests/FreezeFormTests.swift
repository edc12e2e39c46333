import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogHTTP

/// Tests of the form that places a freeze.
struct FreezeFormTests {
  private func draft(_ fields: [String: String]) throws -> Freeze.Draft {
    try FreezeForm(["scope": "all", "reason": "INC0042"].merging(fields) { $1 }, now: ManualClock.start).draft
  }

  @Test(arguments: [
    ("all", FreezeScope.everything), ("b2cUserFlows/B2C_1_signup", .flow(FlowName(of: Sample.signup))),
    ("b2cUserFlows/B2C_1_signup/postFederationSignup", .address(Sample.signup)),
    ("B2C_1_signup", .flow(FlowName(of: Sample.signup))),
    ("B2C_1_signup/postFederationSignup", .address(Sample.signup)),
  ])
  func theScopeIsEverythingOrAFlowOrAStep(text: String, scope: FreezeScope) throws {
    #expect(try draft(["scope": text]).scope == scope)
  }

  @Test(
    arguments: [
      (
        ["from": "2026-12-24 08:00", "until": "2026-12-24T18:00"], "2026-12-24T08:00:00.000000Z",
        "2026-12-24T18:00:00.000000Z"
      ),
      (["from": "2026-12-24", "until": "2026-12-24"], "2026-12-24T00:00:00.000000Z", "2026-12-25T00:00:00.000000Z"),
      (
        ["from": "2026-12-24", "until": "2026-12-24", "zone": "Europe/Berlin"], "2026-12-23T23:00:00.000000Z",
        "2026-12-24T23:00:00.000000Z"
      ),
      (["from": "", "until": ""], nil, nil),
    ] as [([String: String], String?, String?)]
  )
  func aDayIsIncludedInAFreeze(fields: [String: String], from: String?, until: String?) throws {
    let draft = try draft(fields)

    #expect(draft.from?.description == from)
    #expect(draft.until?.description == until)
  }

  @Test func aDurationBeginsNow() throws {
    #expect(try draft(["until": "8h"]).until == ManualClock.start.before(.seconds(-8 * 3600)))
  }

  @Test(arguments: [
    (
      ["scope": "signup"],
      "'signup' is not a step, a flow or all. Give one such as B2C_1_signup/postFederationSignup, B2C_1_signup or all."
    ),
    (
      ["scope": ""],
      "'' is not a step, a flow or all. Give one such as B2C_1_signup/postFederationSignup, B2C_1_signup or all."
    ),
    (
      ["until": "soon"],
      "'soon' is not a time. Use 2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00:00Z, today, yesterday, or an age such "
        + "as 30m, 2h or 7d."
    ),
    (["reason": " \t"], reasonMessage), (["reason": ""], reasonMessage),
    (["reason": String(repeating: "x", count: 1025)], reasonMessage), (["reason": "\u{FFFD}"], reasonMessage),
    (["zone": "Mars"], "Reflog does not know the time zone 'Mars'. Use UTC or a name such as Europe/Berlin."),
  ])
  func aWrongFieldIsReported(fields: [String: String], message: String) {
    #expect { try draft(fields) } throws: { "\($0)" == message }
  }

  private static let reasonMessage = """
    The reason must have 1 to 1024 bytes of UTF-8, and not only spaces. It must not contain the replacement character \
    (U+FFFD), which stands for characters that could not be read.
    """
}
