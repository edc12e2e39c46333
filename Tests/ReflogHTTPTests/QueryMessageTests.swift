import HTTPTypes
import ReflogModel
import ReflogService
import ReflogWeb
import Testing

@testable import ReflogHTTP

/// Tests of the exact texts of the errors about query options and about forms on pages.
struct QueryMessageTests {
  private func options(_ items: QueryItem...) throws -> QueryOptions {
    try QueryOptions(items, allowing: QueryOptions.Name.allCases)
  }

  @Test func theTimeNowMeansTheCurrentReferences() throws {
    let first = Timestamp(parsing: "2026-03-01")
    #expect(try options(QueryItem("compareWith", "Now")).comparedMoment(behind: first) == .distantFuture)
  }

  @Test func everyWrongQueryOptionHasItsText() {
    #expect(
      message { _ = try options(QueryItem("colour", "red")) } == "The query option colour is not supported here."
    )
    #expect(
      message { _ = try options(QueryItem("top", "1"), QueryItem("$top", "2")) }
        == "The query option $top is given twice."
    )
    #expect(
      message { _ = try options(QueryItem("$top", "0")).top() } == "$top must be a whole number from 1 to 1000."
    )
    #expect(
      message { let _: ChangeQuery = try options(QueryItem("flowScope", "all")).query() }
        == "flowScope must be steps or impact."
    )
    #expect(
      message { _ = try options(QueryItem("asOf", "yesterday")).moment() }
        == "asOf must be a time such as 2026-03-01T14:00:00Z."
    )
    #expect(
      message { _ = try options(QueryItem("asOf", "2999-01-01")).moment() }
        == "asOf is in the future. Give a time in the past."
    )
    let first = Timestamp(parsing: "2026-03-01")
    #expect(
      message { _ = try options(QueryItem("compareWith", "now")).comparedMoment(behind: nil) }
        == "compareWith needs asOf. Give both times."
    )
    for wrong in ["yesterday", "2999-01-01"] {
      #expect(
        message { _ = try options(QueryItem("compareWith", wrong)).comparedMoment(behind: first) }
          == "compareWith must be now, or a time in the past such as 2026-03-01T14:00:00Z."
      )
    }
    #expect(
      message { _ = try options(QueryItem("compareWith", "2026-02-28")).comparedMoment(behind: first) }
        == "compareWith is earlier than asOf. Give the earlier time as asOf."
    )
    #expect(
      message { _ = try options(QueryItem("after", "-1")).after() }
        == "The option after must be the position of an entry, such as the Reflog-Position of an earlier export."
    )
    #expect(
      message { _ = try options(QueryItem("$count", "maybe")).flag(.count) } == "count must be true or false."
    )
  }

  @Test func everyWrongOrderSelectionOrTokenHasItsText() {
    #expect(
      message {
        let _: ChangeQuery = try options(QueryItem("$orderby", "reason")).query()
      } == "$orderby must be activityDateTime or id, optionally followed by asc or desc."
    )
    for wrong in ["", "id,reason", "id up", "id asc,", "id,id,id", "id asc desc"] {
      #expect(throws: RequestError.self, "\(wrong)") {
        let _: ChangeQuery = try options(QueryItem("$orderby", wrong)).query()
      }
    }
    for (order, isAscending) in [("id", true), ("activityDateTime  DESC", false), ("id desc, activityDateTime", false)]
    {
      let query: ChangeQuery? = try? options(QueryItem("$orderby", order)).query()
      #expect(query?.isAscending == isAscending, "\(order)")
    }
    #expect(
      message { _ = try options(QueryItem("$select", "id,colour")).selected(from: ["id"]) }
        == "$select names colour, which is not a member."
    )
    #expect(
      message { _ = try Cursor(of: ChangeQuery(), key: [1]).id(in: "5.x") }
        == "$skiptoken is not from an @odata.nextLink of this query in this ledger. Start again without it."
    )
  }

  @Test func everyWrongFormFieldHasItsText() {
    let texts: [(fields: [String: String], text: String)] = [
      (
        ["since": "soon"],
        "'soon' is not a time. Use 2026-11-23, 2026-11-23T14:00, 2026-11-23T14:00:00Z, today, yesterday, or an age "
          + "such as 30m, 2h or 7d."
      ),
      (
        ["until": "2026-03-29 02:30", "zone": "Europe/Berlin"],
        "'2026-03-29 02:30' does not exist, because clocks in Europe/Berlin skip it. Add an offset from UTC, such as Z "
          + "or +01:00."
      ),
      (
        ["since": "2026-10-25 02:30", "zone": "Europe/Berlin"],
        "'2026-10-25 02:30' exists twice, because clocks in Europe/Berlin are set back. Add an offset from UTC, such "
          + "as Z or +01:00."
      ),
      (
        ["result": "good"],
        "'good' is not a result. Use one of: pending, applied, rejected, denied, notApplied, superseded, unknown."
      ),
      (["kind": "good"], "'good' is not a kind of change. Use one of: update, rollback, drift, baseline."),
      (["colour": "blue"], "There is no filter named colour."),
    ]
    for (fields, text) in texts { #expect(message { _ = try PlainQuestion(form: fields) } == text) }
    let times = PageTime(in: .utc)
    #expect(
      message { _ = try times.past("", in: "asOf") } == "The time is missing. Enter one such as 2026-03-01 09:00."
    )
    #expect(
      message { _ = try times.past("2999-01-01", in: "asOf") }
        == "'2999-01-01' is in the future. Enter a time in the past."
    )
  }

  @Test func aFailedSignInThroughEntraHasAReasonAndAStatus() {
    let failures: [(failure: EntraSignIn.Failure, status: Int, text: String)] = [
      (.unknownState, 400, "This sign-in took too long, or began in another browser. Try again."),
      (.refused("this account has no role"), 403, "Entra did not sign you in: this account has no role."),
      (.declined("access_denied"), 403, "Entra did not sign you in: the sign-in was cancelled or is not allowed."),
      (.declined("login_required"), 403, "Entra did not sign you in: sign in at Entra first, then try again."),
      (.declined("interaction_required"), 403, "Entra did not sign you in: sign in at Entra first, then try again."),
      (
        .declined("consent_required"), 403,
        "Entra did not sign you in: an administrator must first consent to Reflog in Entra."
      ),
      (.declined("server_error"), 503, "Entra can't sign you in at the moment. Try again."),
      (.declined("temporarily_unavailable"), 503, "Entra can't sign you in at the moment. Try again."),
      (.declined("other_error"), 403, "Entra did not sign you in (other_error)."),
      (.declined("<b>"), 403, "Entra did not sign you in and gave no reason."),
      (
        .misconfigured("invalid_client"), 502,
        "Entra refused this server's client id or secret (invalid_client). Tell its administrator, or sign in with an "
          + "API token."
      ),
      (.unavailable("timeout"), 503, "Entra can't be reached now. Try again, or sign in with an API token."),
    ]
    for (failure, status, text) in failures {
      #expect(failure.onPage == text)
      #expect(failure.status.code == status)
    }
  }
}
