import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page about one connector.
struct ConnectorPageTests {
  private static let set = Sample.change(3, .none, Sample.newVendor)
  private static let removed = Sample.change(5, Sample.newVendor, .none, at: "2026-11-24T10:00:00Z")

  private func page(
    recorded: RecordedConnector? = nil,
    targetURL: String? = nil,
    newest: Change? = nil,
    callers: [Change] = [],
    unrecorded: [ListedConnector.Caller] = [],
    callerCount: Int = 0,
    pending: [Change] = [],
    isVerified: Bool = true,
    freezes: [CoveringFreeze] = [],
    isNewest: Bool = true,
    edits: [Change] = [],
    calls: [ConnectorCall] = [],
    olderEdits: String? = nil,
    olderCalls: String? = nil,
    trail: String = "",
    frame: PageFrame = Sample.frame
  ) throws -> String {
    ConnectorPage(
      ConnectorPage.Facts(
        try #require(Sample.newVendor.connectorID),
        recorded: recorded,
        targetURL: targetURL,
        newest: newest,
        callers: callers,
        unrecorded: unrecorded,
        callerCount: callerCount,
        pending: pending.map { ChangeInContext($0) },
        isVerified: isVerified,
        freezes: freezes
      ),
      edits: ConnectorPage.Part(edits.map { ChangeInContext($0) }, older: olderEdits, isNewest: isNewest),
      calls: ConnectorPage.Part(calls, older: olderCalls, isNewest: isNewest),
      trail: trail
    ).render(in: frame)
  }

  @Test func thePageNamesTheFrozenStepThatCallsTheConnector() throws {
    let freeze = Freeze(
      id: 3,
      scope: .address(Sample.signup),
      reason: "INC0042",
      actor: Sample.adele,
      placed: Sample.time("2026-11-23T10:00:00Z"),
      from: Sample.time("2026-11-23T10:00:00Z"),
      until: nil
    )

    let frozen = try page(freezes: [CoveringFreeze(freeze, caller: Sample.signup)]).pageText

    #expect(
      frozen.contains(
        "postFederationSignup of B2C_1_signup calls this connector. "
          + "b2cUserFlows/B2C_1_signup/postFederationSignup: frozen now by Adele until a person releases it"
      )
    )
    #expect(try !page().contains("frozen now"))
  }

  @Test func thePageShowsWhereAConnectorSendsWhoCallsItAndItsEdits() throws {
    let connector = DirectoryConnector(
      id: try #require(Sample.newVendor.connectorID),
      displayName: "New vendor",
      targetURL: "https://vendor.example/check",
      authentication: "basicAuthentication"
    )
    let edit = Sample.change(
      4,
      Sample.newVendor,
      Sample.newVendor,
      of: .connector,
      properties: [
        Change.ChangedProperty(name: "targetUrl", before: "https://a.example", after: "https://vendor.example/check")
      ]
    )

    let html = try page(
      recorded: RecordedConnector(connector: connector, seen: Sample.time("2026-11-24T12:00:00Z"), entry: 1),
      targetURL: "https://vendor.example/check",
      newest: edit,
      callers: [Self.set],
      callerCount: 3,
      edits: [edit],
      calls: [
        ConnectorCall(start: Self.set, end: nil), ConnectorCall(start: Self.set, end: Self.removed),
        ConnectorCall(endedBy: Self.removed),
      ],
      olderEdits: "edits=4",
      olderCalls: "calls=3"
    )

    #expect(
      html.pageText == """
        Connectors New vendor Connector 8a64d9b0 Sends to vendor.example https://vendor.example/check \
        Authentication basicAuthentication State It exists in the directory. \
        Last read from the directory 2026-11-24 12:00:00 All changes that name this connector, on the timeline \
        Steps that call this connector now postFederationSignup of B2C_1_signup since 2026-11-23 09:15:03 , by Adele \
        … and 2 more steps. Changes of this connector Change 4, 2026-11-23 09:15:02 Adele changed a connector \
        New vendor targetUrl https://a.example → to https://vendor.example/check applied Older changes \
        Older changes are not printed. \
        Periods in which steps called this connector Step From Until \
        postFederationSignup of B2C_1_signup 2026-11-23 09:15:03 , by Adele now \
        postFederationSignup of B2C_1_signup 2026-11-23 09:15:03 , by Adele 2026-11-24 10:00:01 \
        postFederationSignup of B2C_1_signup unknown 2026-11-24 10:00:01 Earlier periods \
        Earlier periods are not printed.
        """
    )
    for link in [
      "/connectors/8a64d9b0?edits=4#edits", "/connectors/8a64d9b0?calls=3#calls", "/changes/5", "/actors/user/oid-1",
      "/flows/b2cUserFlows/B2C_1_signup", "/?connector=8a64d9b0",
    ] { #expect(html.contains("href=\"\(link)\""), "\(link)") }
  }

  @Test func thePageFollowsTheTimeZoneAndLinksToChangesKeepTheTrail() throws {
    let zone = try #require(PageTimeZone("Asia/Kolkata"))
    let edit = Sample.change(4, Sample.newVendor, Sample.newVendor, of: .connector)

    let html = try page(
      newest: Sample.change(6, Sample.newVendor, .none, of: .connector),
      callers: [Self.set],
      callerCount: 1,
      isNewest: false,
      edits: [edit],
      calls: [ConnectorCall(start: Self.set, end: Self.removed)],
      trail: "?connector=8a64d9b0",
      frame: PageFrame(directory: .embedded, viewer: Sample.frame.viewer, zone: zone)
    )

    #expect(html.pageText.contains("since 2026-11-23 14:45:03 , by Adele"))
    #expect(html.pageText.contains("2026-11-24 15:30:01"))
    for id in 3...6 { #expect(html.contains("href=\"/changes/\(id)?connector=8a64d9b0\""), "\(id)") }
    #expect(!html.contains(/href="\/changes\/[0-9]+"/))
    #expect(html.contains(#"<p class="printed">Newer changes are not printed.</p>"#))
    #expect(html.contains(#"<p class="printed">Later periods are not printed.</p>"#))
  }

  @Test func whatIsNotKnownIsShownAsUnknown() throws {
    #expect(
      try page().pageText == """
        Connectors 8a64d9b0 Connector 8a64d9b0 Sends to unknown Authentication unknown State \
        Unknown, because no read of the directory showed it. Last read from the directory unknown \
        All changes that name this connector, on the timeline \
        Steps that call this connector now No recorded step calls this connector. \
        Changes of this connector No change of this connector is recorded. \
        Periods in which steps called this connector No recorded step called this connector.
        """
    )
  }

  @Test func anAbsenceIsStatedOnlyIfAllWasSearched() throws {
    let verified = "Reflog has not read all steps of the directory yet, so a step that is not recorded can call it."
    #expect(try page(isVerified: false).pageText.contains("No recorded step calls this connector. \(verified)"))
    #expect(try !page().pageText.contains(verified))

    let unfinished = try page(olderEdits: "edits=4", olderCalls: "calls=3").pageText
    #expect(unfinished.contains("Changes of this connector Not found in the newest changes. Older changes"))
    #expect(unfinished.contains("called this connector Not found in the newest changes. Earlier periods"))
    let last = try page(isNewest: false).pageText
    #expect(last.contains("Newer changes are not printed. Nothing older is recorded."))
    #expect(last.contains("Later periods are not printed. Nothing older is recorded."))
  }

  @Test func pendingChangesMakeTheirStepsUncertain() throws {
    let pending = Sample.change(7, Sample.newVendor, .none, outcome: nil)
    let other = Sample.change(2, .none, Sample.newVendor, of: .step(Sample.attributes))

    let html = try page(callers: [Self.set, other], callerCount: 2, pending: [pending])

    let text = html.pageText
    #expect(text.contains("postFederationSignup of B2C_1_signup since 2026-11-23 09:15:03 , by Adele uncertain"))
    #expect(text.ranges(of: "uncertain").count == 1)
    #expect(text.contains("The results of these changes are not known yet: Change 7,"))
    #expect(html.contains(#"href="/changes/7""#))
  }

  @Test func aStepWithoutARecordedChangeIsShownAsACaller() throws {
    let other = Sample.address("b2cUserFlows/B2C_1_edit/postFederationSignup")

    let html = try page(
      callers: [Self.set],
      unrecorded: [
        ListedConnector.Caller(Sample.attributes, isRecorded: true), ListedConnector.Caller(other, isRecorded: false),
      ],
      callerCount: 3
    )

    #expect(
      html.pageText.contains(
        """
        postFederationSignup of B2C_1_signup since 2026-11-23 09:15:03 , by Adele \
        postAttributeCollection of B2C_1_signup postFederationSignup of B2C_1_edit Changes of this connector
        """
      )
    )
    #expect(html.contains("/flows/b2cUserFlows/B2C_1_signup") && !html.contains("/flows/b2cUserFlows/B2C_1_edit"))
  }

  @Test func theNameIsTheNewestRecordedName() throws {
    let id = try #require(Sample.newVendor.connectorID)
    let connector = DirectoryConnector(id: id, displayName: "Other name", targetURL: "https://vendor.example/")
    let edit = Sample.change(4, Sample.newVendor, Sample.newVendor, of: .connector)
    for (entry, name) in [(edit.sequence - 1, "New vendor"), (edit.sequence, "Other name")] {
      let seen = RecordedConnector(connector: connector, seen: Sample.time("2026-11-24T12:00:00Z"), entry: entry)
      #expect(try page(recorded: seen, newest: edit).contains("<h1>\(name)</h1>"))
    }
  }

  @Test func aDeletedConnectorLinksToItsDeletionAndKeepsItsName() throws {
    let deletion = Sample.change(6, Sample.newVendor, .none, of: .connector)

    let html = try page(newest: deletion)

    #expect(html.pageText.contains("New vendor Connector 8a64d9b0"))
    #expect(html.pageText.contains("State It was deleted by change 6 ."))
  }
}
