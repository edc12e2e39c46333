import ReflogFormats
import ReflogModel
import Testing

struct TableTests {
  private let table = Table(
    header: ["ID", "STEP", "WHO"],
    rows: [["1", "b2cUserFlows/B2C_1_signup/postFederationSignup", "adele@contoso.example"], ["20", "検査", "Lee"]],
    cuttable: ["STEP", "WHO"]
  )

  @Test func theColumnsAreAlignedEvenIfTheTextHasWideLettersAndMarks() {
    let table = Table(header: ["NAME", "KIND"], rows: [["検査", "a"], ["e\u{301}", "b"], ["plain", "c"]])

    #expect(table.text() == "NAME   KIND\n検査   a\ne\u{301}      b\nplain  c\n")
  }

  @Test func aCellCannotControlTheTerminalOrLeaveItsLine() {
    let table = Table(header: ["A", "B"], rows: [["\u{1B}[2J", "x\ny"], ["\u{202E}", "\u{9B}31m"]])

    #expect(table.text() == "A     B\n\u{FFFD}[2J  x\u{FFFD}y\n\u{FFFD}     \u{FFFD}31m\n")
  }

  @Test(arguments: [20, 30, 40, 60, 72, 75, 76, 100])
  func everyLineFitsTheTerminal(columns: Int) {
    let lines = table.text(columns: columns).split(separator: "\n")

    #expect(lines.allSatisfy { String($0).columns <= columns })
    #expect(lines[1].hasPrefix("1   b") && lines[2].hasPrefix("20  "))
  }

  @Test func aCutCellKeepsBothEndsAndOtherColumnsAreComplete() {
    #expect(
      table.text(columns: 40) == """
        ID  STEP               WHO
        1   b2cUserF…onSignup  adele@co….example
        20  検査               Lee

        """
    )
  }

  @Test func onlyATableWithTitlesOnATerminalIsCut() {
    let values = Table(rows: [["key", String(repeating: "x", count: 200)]])

    #expect(!table.text().contains("…"))
    #expect(!values.text(columns: 40).contains("…"))
  }

  @Test func anEmptyTableShowsItsText() {
    #expect(Table(header: ["A"], emptyText: "Nothing.").text(columns: 10) == "Nothing.\n")
  }

  private static let changes = Table(
    header: ["ID", "TIME", "STEP", "KIND", "WHO"],
    rows: [
      ["1", "2026-11-23 09:15:02", "b2cUserFlows/B2C_1_signup/postFederationSignup", "update", "adele@contoso.example"]
    ],
    cuttable: ["STEP", "WHO"],
    droppable: ["KIND", "WHO"]
  )

  @Test(
    arguments: [
      (nil, []), (200, []), (59, []), (58, ["KIND"]), (51, ["KIND"]), (50, ["KIND", "WHO"]), (10, ["KIND", "WHO"]),
    ] as [(Int?, [String])]
  )
  func columnsThatDoNotFitAreLeftOut(columns: Int?, leftOut: [String]) {
    let fitted = Self.changes.fitted(columns: columns)

    #expect(fitted.leftOut == leftOut)
    #expect(fitted.table.header == Self.changes.header.filter { !leftOut.contains($0) })
    #expect(fitted.table.rows.allSatisfy { $0.count == fitted.table.header.count })
  }

  @Test func aTableAsCSVHasCompleteCells() {
    let table = Table(header: ["ID", "WHO"], rows: [["1", "=cmd, \"x\""], ["2", ""]])
    let values = Table(rows: [["directory", "embedded"]])

    #expect(String(decoding: table.csv, as: UTF8.self) == "id,who\r\n1,\"'=cmd, \"\"x\"\"\"\r\n2,\r\n")
    #expect(String(decoding: values.csv, as: UTF8.self) == "name,value\r\ndirectory,embedded\r\n")
  }
}
