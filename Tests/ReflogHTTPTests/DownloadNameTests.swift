import ReflogFormats
import ReflogModel
import Testing

@testable import ReflogHTTP

/// Tests of the names of downloaded files.
struct DownloadNameTests {
  private static let taken = Timestamp(microseconds: 1_795_425_302_000_000)

  @Test(
    arguments: [
      (nil, "reflog-changes-all-taken-2026-11-23.csv"),
      ("flowId eq 'B2C_1_signup'", "reflog-changes-B2C_1_signup-taken-2026-11-23.csv"),
      ("flowType eq 'b2cUserFlows' and flowId eq 'B2C_1_signup'", "reflog-changes-B2C_1_signup-taken-2026-11-23.csv"),
      ("flowType eq 'b2cUserFlows'", "reflog-changes-filtered-taken-2026-11-23.csv"),
      ("contains(flowId,'signup')", "reflog-changes-signup-taken-2026-11-23.csv"),
      (
        "activityDateTime ge 2026-07-01 and activityDateTime lt 2026-10-01",
        "reflog-changes-2026-07-01-to-2026-09-30-taken-2026-11-23.csv"
      ),
      ("activityDateTime ge 2026-07-01T14:00:00Z", "reflog-changes-from-2026-07-01T140000Z-taken-2026-11-23.csv"),
      ("activityDateTime lt 2026-07-02", "reflog-changes-to-2026-07-01-taken-2026-11-23.csv"),
      ("result eq 'denied'", "reflog-changes-filtered-taken-2026-11-23.csv"),
      ("flowId eq 'a' and result eq 'denied'", "reflog-changes-a-filtered-taken-2026-11-23.csv"),
      ("flowId eq 'a' or flowId eq 'b'", "reflog-changes-filtered-taken-2026-11-23.csv"),
      ("not (flowId eq 'a')", "reflog-changes-filtered-taken-2026-11-23.csv"),
      ("flowId eq 'a' and flowId eq 'b'", "reflog-changes-a-filtered-taken-2026-11-23.csv"),
      ("activityDateTime gt 2026-07-01", "reflog-changes-filtered-taken-2026-11-23.csv"),
    ] as [(String?, String)]
  )
  func theNameShowsTheFlowAndThePeriod(filter: String?, name: String) throws {
    let request = ExportRequest(.csv, filter: filter)

    #expect(DownloadName(request, try filter.map { try ChangeFilter.parse($0) }, taken: Self.taken).text == name)
  }

  @Test func theNameShowsTheFormatAndThePosition() throws {
    let after = try #require(LogPosition("41"))
    func name(_ format: ExportFormat, _ style: CSVStyle = CSVStyle(), after: LogPosition? = nil) -> String {
      DownloadName(ExportRequest(format, style, after: after), nil, taken: Self.taken).text
    }

    #expect(name(.csv, CSVStyle(isForExcel: true)) == "reflog-changes-all-excel-taken-2026-11-23.csv")
    #expect(name(.jsonl) == "reflog-changes-all-taken-2026-11-23.jsonl")
    #expect(name(.ocsf) == "reflog-changes-all-taken-2026-11-23.ocsf.jsonl")
    #expect(name(.asim, after: after) == "reflog-changes-after-41-taken-2026-11-23.asim.jsonl")
  }

  @Test(arguments: [
    ("../../etc/passwd", "reflog-etc-passwd.csv"), ("a\"b\r\nSet-Cookie: x", "reflog-a-b-Set-Cookie-x.csv"),
    ("...", "reflog.csv"), ("a\u{202E}b\u{0}c", "reflog-a-b-c.csv"), ("C:\\con", "reflog-C-con.csv"),
  ])
  func aPartContainsNoCharacterOfAPathOrAHeader(part: String, name: String) {
    #expect(DownloadName([part], taken: nil, ending: "csv").text == name)
  }

  @Test func aPartIsShortened() {
    let name = DownloadName([String(repeating: "a", count: 1000)], taken: nil, ending: "csv")

    #expect(name.text == "reflog-" + String(repeating: "a", count: 60) + ".csv")
  }

  @Test func theHeaderHasTheNameInASCIIAndInUTF8() {
    let name = DownloadName(["Rückmeldung", "変更"], taken: nil, ending: "csv")

    #expect(
      name.disposition == "attachment; filename=\"reflog-R_ckmeldung-__.csv\"; "
        + "filename*=UTF-8''reflog-R%C3%BCckmeldung-%E5%A4%89%E6%9B%B4.csv"
    )
  }
}
