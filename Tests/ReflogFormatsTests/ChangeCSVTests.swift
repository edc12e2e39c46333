import ReflogFormats
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

  private func line(of change: Change, _ style: CSVStyle = CSVStyle()) -> String {
    var bytes: [UInt8] = []
    CSV<Change>(style).write(change, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func aLineHasEveryColumnInOrder() throws {
    let time = "2026-11-23T09:15:02.123456Z"
    #expect(
      line(of: try change(reason: nil), CSVStyle(isRaw: false))
        == "5,9,\(time),tenant,step,b2cUserFlows,B2C_1_signup,postFederationSignup,rollback,applied,\(time),"
        + "connector,abc,Fraud check,none,,,,token,apiToken,0123456789abcdef,deploy,,,127.0.0.1,,,request,,4,,,204,,,"
        + "request,,,,,,,,,\r\n"
    )
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("=1+1", "'=1+1"),
    ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\r\nx", "\"'\r\nx\""), ("=a,\"b", "\"'=a,\"\"b\""),
    ("a=b", "a=b"), ("'x", "'x"), ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"), ("＠x", "'＠x"), ("。x", "。x"),
    ("a;b", "a;b"), ("a;=1", "a;=1"), (";=1", "';=1"), ("\u{0}=b", "'\u{0}=b"), ("a\n=1", "\"a\n=1\""),
  ])
  func cellsAreQuotedAndCannotStartAFormula(reason: String, cell: String) throws {
    #expect(line(of: try change(reason: reason), CSVStyle(isRaw: false)).contains(",127.0.0.1,\(cell),,request,"))
  }

  @Test func rawCellsAreOnlyQuoted() throws {
    #expect(line(of: try change(reason: "=1,1"), CSVStyle(isRaw: true)).contains(",127.0.0.1,\"=1,1\",,request,"))
    #expect(line(of: try change(reason: "a;=1\u{0}"), CSVStyle(isRaw: true)).contains(",127.0.0.1,a;=1\u{0},,request,"))
  }

  @Test func theHeaderHasAsManyColumnsAsALine() throws {
    let line = line(of: try change(reason: nil))
    #expect(Change.columns.count == line.split(separator: ",", omittingEmptySubsequences: false).count)
  }

  @Test func theExcelStyleHasAByteOrderMarkAndTimesWithoutAZone() throws {
    let style = CSVStyle(isForExcel: true)
    #expect(CSV<Change>(style).header.starts(with: [0xEF, 0xBB, 0xBF, UInt8(ascii: "i")]))
    #expect(line(of: try change(reason: nil), style).hasPrefix("5,9,2026-11-23 09:15:02.123,tenant,"))
  }
}
