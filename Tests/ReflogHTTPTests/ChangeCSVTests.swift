import ReflogHTTP
import ReflogModel
import ReflogTesting
import Testing

struct ChangeCSVTests {
  private func change(reason: String?, displayName: String = "Fraud check") throws -> Change {
    let id = try #require(ConnectorID("abc"))
    let intent = Change.Intent(
      subject: .step(Sample.signup),
      kind: .rollback,
      before: .connector(id, displayName: displayName),
      after: .none,
      actor: Sample.operatorActor,
      reason: reason,
      requestID: "request",
      rollbackOf: Change.ID(4)
    )
    return Change(
      id: Change.ID(5),
      sequence: 9,
      tenantID: "tenant",
      activityDateTime: ManualClock.start,
      intent: intent,
      outcome: Change.Outcome(result: .applied, httpStatus: 204, settledBy: .request),
      resultDateTime: ManualClock.start
    )
  }

  @Test func aLineHasEveryColumnInItsPlace() throws {
    let time = "2026-11-23T09:15:02.123456Z"
    #expect(
      ChangeCSV(isRaw: false).line(of: try change(reason: nil))
        == "5,9,\(time),tenant,step,b2cUserFlows,B2C_1_signup,postFederationSignup,rollback,applied,\(time),"
        + "connector,abc,Fraud check,none,,,,token,apiToken,0123456789abcdef,deploy,,,127.0.0.1,,,request,,4,,,204,,,"
        + "request,\r\n"
    )
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("=1+1", "'=1+1"),
    ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\r\nx", "\"'\r\nx\""), ("=a,\"b", "\"'=a,\"\"b\""),
    ("a=b", "a=b"), ("'x", "'x"),
  ])
  func cellsAreQuotedAndGuarded(reason: String, cell: String) throws {
    #expect(ChangeCSV(isRaw: false).line(of: try change(reason: reason)).contains(",127.0.0.1,\(cell),,request,"))
  }

  @Test func rawCellsAreOnlyQuoted() throws {
    #expect(ChangeCSV(isRaw: true).line(of: try change(reason: "=1,1")).contains(",127.0.0.1,\"=1,1\",,request,"))
  }

  @Test func theHeaderNamesAsManyColumnsAsALineHas() throws {
    let csv = ChangeCSV(isRaw: false)
    let line = csv.line(of: try change(reason: nil))
    #expect(
      csv.header.split(separator: ",").count == line.split(separator: ",", omittingEmptySubsequences: false).count
    )
  }
}
