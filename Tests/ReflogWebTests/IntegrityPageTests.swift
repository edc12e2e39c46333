import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the verdict on the page Integrity.
struct IntegrityPageTests {
  private static func html(_ check: LogCheck, isSigned: Bool = true) -> String {
    IntegrityPage(
      Sample.status(),
      checkpoint: isSigned ? (note: "log\n3\nroot\n", key: "log+1f2e3d4c+key") : nil,
      check: check,
      server: "https://reflog.example/path",
      events: [],
      older: nil
    ).render(in: Sample.frame)
  }

  @Test func thePageStatesWhatItCheckedAndWhatItDidNotCheck() {
    let html = Self.html(LogCheck(signedEntries: 2001, anchoredEntries: 1999))

    #expect(
      html.pageText.contains(
        """
        What this page checked now \
        The newest checkpoint has a valid signature. It covers all 2,001 entries of the log, and they match it. \
        The anchor has a valid signature. It covers the first 1,999 entries, and they match it. \
        This page does not compare all changes with their entries.
        """
      )
    )
    #expect(html.contains("reflog verify --database FILE --key 'log+1f2e3d4c+key' --since KEPT-CHECKPOINT"))
    #expect(html.contains("python3 verify_log.py https://reflog.example/path --key 'log+1f2e3d4c+key' --old"))
    #expect(html.contains(#"href="/evidence""#))
    #expect(!html.contains("role=\"alert\""))
  }

  @Test func aDifferenceIsShownInPlaceOfTheVerdict() {
    let html = Self.html(LogCheck(signedEntries: 3, anchoredEntries: 9, problem: "the ledger has fewer entries."))

    #expect(html.pageText.contains("The log does not match: the ledger has fewer entries. This page"))
    #expect(!html.pageText.contains("has a valid signature"))
  }

  @Test func whatIsMissingIsNotShownAsValid() {
    let html = Self.html(LogCheck(signedEntries: nil, anchoredEntries: nil), isSigned: false)

    #expect(html.pageText.contains("No checkpoint is signed yet. The anchor does not exist, so this server can&#39;t"))
    #expect(html.contains("reflog verify --database FILE --since KEPT-CHECKPOINT"))
    #expect(html.contains("python3 verify_log.py https://reflog.example/path --key KEY --old KEPT-CHECKPOINT"))
  }
}
