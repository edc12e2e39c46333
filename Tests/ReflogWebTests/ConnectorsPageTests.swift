import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page that lists the connectors, and of the page with the differences between two times.
struct ConnectorsPageTests {
  private static func listed(
    _ reference: ConnectorReference,
    url: String? = nil,
    callers: [Address] = [],
    count: Int? = nil,
    newest: Change? = nil
  ) throws -> ListedConnector {
    ListedConnector(
      try #require(reference.connectorID),
      displayName: reference.displayName,
      targetURL: url,
      callers: callers.map { ListedConnector.Caller($0, isRecorded: $0 != Sample.attributes) },
      callerCount: count ?? callers.count,
      newest: newest
    )
  }

  private static func html(
    _ connectors: [ListedConnector],
    search: String = "",
    isUnusedOnly: Bool = false,
    count: Int,
    total: Int,
    status: LedgerStatus = Sample.status(),
    next: String? = nil
  ) -> String {
    let question = ConnectorsPage.Question(
      search: search,
      isUnusedOnly: isUnusedOnly,
      isBehindOthers: false,
      count: count,
      total: total
    )
    let history = search.isEmpty ? nil : "/?q=\(search)"
    return ConnectorsPage(connectors, of: question, status: status, next: next, history: history).render(
      in: Sample.frame
    )
  }

  @Test func aRowShowsTheHostTheStepsAndTheLastChange() throws {
    let edit = Sample.change(4, Sample.newVendor, Sample.newVendor, of: .connector)

    let html = Self.html(
      [
        try Self.listed(
          Sample.newVendor,
          url: "https://vendor.example/check",
          callers: [Sample.signup, Sample.attributes],
          count: 5,
          newest: edit
        ),
        try Self.listed(Sample.connector("abc", nil)),
      ],
      count: 2,
      total: 2,
      next: "behind=abc"
    )

    #expect(
      html.pageText == """
        Connectors Name, id or target URL Called by any number of steps no step Show Show those that no step calls \
        2 connectors. Connector Sends to Called by Last change \
        New vendor 8a64d9b0 vendor.example postFederationSignup of B2C_1_signup postAttributeCollection of B2C_1_signup \
        and 3 more 2026-11-23 09:15:03 by Adele \
        abc abc unknown no step not recorded The connectors on other pages are not printed. More connectors
        """
    )
    for link in [
      "/connectors/8a64d9b0", "/flows/b2cUserFlows/B2C_1_signup", "/changes/4", "/connectors?called=none",
      "/connectors?behind=abc",
    ] { #expect(html.contains("href=\"\(link)\""), "\(link)") }
    // A flow without a recorded change has no page.
    #expect(html.ranges(of: "href=\"/flows/").count == 1)
    #expect(html.contains(#"<a href="/connectors" aria-current="page">Connectors</a>"#))
  }

  @Test func theNumbersOfConnectorsAreASentence() throws {
    let one = [try Self.listed(Sample.newVendor)]
    #expect(Self.html(one, count: 1, total: 1).pageText.contains("1 connector."))
    let unused = Self.html(one, isUnusedOnly: true, count: 1, total: 2000).pageText
    #expect(unused.contains("No step calls 1 of 2,000 connectors."))
    #expect(Self.html(one, search: "x", count: 1, total: 3).pageText.contains("1 of 3 connectors match the text."))
    #expect(
      Self.html(one, search: "x", isUnusedOnly: true, count: 1, total: 3).pageText
        .contains("1 of 3 connectors match the text, and no step calls them. Search the history for 'x' Connector")
    )
    #expect(Self.html(one, search: "x", count: 1, total: 3).contains(#"<a href="/?q=x">"#))
  }

  @Test func anEmptyListStatesWhetherAnythingIsRecorded() {
    #expect(Self.html([], count: 0, total: 0).pageText.contains("No connector is recorded yet."))
    #expect(
      Self.html([], isUnusedOnly: true, count: 0, total: 9).pageText
        .contains("No step calls 0 of 9 connectors. No connector matches. Show all connectors")
    )
  }

  @Test func theListOfASweptDirectoryStatesHowOldItIs() {
    let swept = Sample.status(.graph, verified: "2026-11-24T12:00:00Z")

    #expect(
      Self.html([], count: 0, total: 0, status: swept).pageText
        .contains("The list is as of the last sweep at 2026-11-24 12:00:00 , with the changes since.")
    )
    #expect(
      Self.html([], count: 0, total: 0, status: Sample.status(.graph)).pageText
        .contains("No sweep has finished yet, so connectors and steps that are not recorded are missing.")
    )
    #expect(!Self.html([], count: 0, total: 0).pageText.contains("sweep"))
  }

  private func configuration(
    _ address: Address,
    _ id: Int64,
    _ reference: ConnectorReference?,
    isCertain: Bool = true
  ) -> ConnectorConfiguration {
    ConnectorConfiguration(
      address: address,
      change: reference.map { Sample.change(id, .none, $0, of: .step(address)) },
      isCertain: isCertain,
      targetURL: nil,
      verified: nil
    )
  }

  @Test func aDifferenceShowsBothReferencesAndTheChangeThatMadeIt() throws {
    let other = Sample.address("b2cUserFlows/B2C_1_edit/postFederationSignup")
    let edit = Sample.change(
      7,
      Sample.fraudCheck,
      Sample.fraudCheck,
      of: .connector,
      properties: [Change.ChangedProperty(name: "targetUrl", before: "https://a.example", after: "https://b.example")]
    )
    let comparison = ConfigurationComparison(
      from: (
        Sample.time("2026-11-01T00:00:00Z"),
        [
          configuration(Sample.signup, 1, Sample.fraudCheck), configuration(Sample.attributes, 2, Sample.fraudCheck),
          configuration(other, 3, nil),
        ]
      ),
      to: (
        Sample.time("2026-11-30T00:00:00Z"),
        [
          configuration(Sample.signup, 5, Sample.newVendor), configuration(Sample.attributes, 2, Sample.fraudCheck),
          configuration(other, 6, Sample.newVendor),
        ]
      ),
      edits: Dictionary(
        uniqueKeysWithValues: [
          (try #require(Sample.fraudCheck.connectorID), try #require(ConnectorEdits([edit], limit: 9)))
        ]
      )
    )
    var question = DifferencesPage.Question()
    (question.asOf, question.compareWith) = ("2026-11-01", "2026-11-30")

    let html = DifferencesPage(comparison, shown: comparison.differences, of: question, next: nil)
      .render(in: Sample.frame)

    #expect(
      html.pageText == """
        Flows Differences between two times As of (UTC) Compare with (UTC) Flow Show \(Sample.timeForms) \
        A day means its first moment. The later time can also be now. \
        Between 2026-11-01 00:00:00 and 2026-11-30 00:00:00 UTC. Of 3 recorded steps: 1 calls something else, \
        1 calls a connector that was edited or deleted, 1 is unknown at the first time. \
        All steps: at the first time , at the second time \
        Step First time Second time Newest change in between \
        postFederationSignup of B2C_1_edit unknown New vendor 2026-11-23 09:15:03 by Adele All changes in between \
        postAttributeCollection of B2C_1_signup Fraud check Fraud check \
        ◆ Fraud check was edited in between (change 7): targetUrl https://a.example → https://b.example. \
        2026-11-23 09:15:03 by Adele All changes in between \
        postFederationSignup of B2C_1_signup Fraud check New vendor 2026-11-23 09:15:03 by Adele All changes in between
        """
    )
    for link in ["/changes/5", "/changes/7", "/changes/6", "/flows?asOf=2026-11-01T00:00:00.000000Z"] {
      #expect(html.contains("href=\"\(link)\""), "\(link)")
    }
    #expect(html.contains("since=2026-11-01T00%3A00%3A00.000000Z&amp;until=2026-11-30T00%3A00%3A00.000001Z"))
    question.search = "signup"
    let ofFlow = comparison.filtered { $1.address.flow.text.contains("signup") }
    let searched = DifferencesPage(ofFlow, shown: ofFlow.differences, of: question, next: nil).render(in: Sample.frame)
    for link in ["/flows?flow=signup", "/flows?asOf=2026-11-01T00:00:00.000000Z&amp;flow=signup"] {
      #expect(searched.contains("href=\"\(link)\""), "\(link)")
    }
    #expect(
      DifferencesPage(ofFlow, shown: ofFlow.differences, of: question, next: nil).render(in: Sample.frame).pageText
        .contains("Of 2 recorded steps of flows whose id contains &#39;signup&#39;: 1 calls something else, 1 calls a")
    )
    let none = comparison.filtered { _, _ in false }
    #expect(
      DifferencesPage(none, shown: [], of: question, next: nil).render(in: Sample.frame).pageText
        .contains("No step of a flow whose id contains &#39;signup&#39; differs. Recorded steps: 0.")
    )
  }

  @Test func aStepIsUncertainIfAChangeWasPendingAtOneOfTheTimes() {
    for (first, second) in [(true, true), (false, true), (true, false)] {
      let steps = [true, first, second].map { isCertain in
        configuration(Sample.signup, 1, Sample.fraudCheck, isCertain: isCertain)
      }
      let other = configuration(Sample.attributes, 2, Sample.fraudCheck)
      let comparison = ConfigurationComparison(
        from: (Sample.time("2026-11-01T00:00:00Z"), [steps[1], other]),
        to: (Sample.time("2026-11-30T00:00:00Z"), [steps[2], other]),
        edits: [:]
      )

      let text = DifferencesPage(comparison, shown: comparison.differences, of: .init(), next: nil)
        .render(in: Sample.frame).pageText

      let isCertain = first && second
      #expect(comparison.differences.map(\.kind) == (isCertain ? [] : [.uncertain]))
      #expect(comparison.differences.allSatisfy { $0.change == nil })
      #expect(text.contains("No step differs. Recorded steps: 2.") == isCertain)
      #expect(text.contains("Of 2 recorded steps: 1 is uncertain because a change was pending.") == !isCertain)
      #expect(text.contains("Fraud check uncertain Fraud check All changes in between") == !first)
      #expect(text.contains("Fraud check Fraud check uncertain All changes in between") == !second)
    }
  }

  @Test func theLinkToAllChangesIncludesAChangeThatWasRecordedBeforeTheFirstTime() {
    let comparison = ConfigurationComparison(
      from: (Sample.time("2026-11-23T09:15:02.500000Z"), [configuration(Sample.signup, 1, Sample.fraudCheck)]),
      to: (Sample.time("2026-11-23T09:15:03Z"), [configuration(Sample.signup, 2, Sample.newVendor)]),
      edits: [:]
    )

    let html = DifferencesPage(comparison, shown: comparison.differences, of: .init(), next: nil)
      .render(in: Sample.frame)

    #expect(html.contains("since=2026-11-23T09%3A15%3A02.000000Z&amp;until=2026-11-23T09%3A15%3A03.000001Z"))
  }
}
