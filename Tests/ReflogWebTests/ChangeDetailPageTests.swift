import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page that shows one change.
struct ChangeDetailPageTests {
  private func page(
    _ change: Change,
    chain: [Change] = [],
    rollback: Change? = nil,
    rolledBackBy: [Int64] = [],
    calledBy: [ConnectorCaller]? = nil,
    isSigned: Bool = true,
    canRollBack: Bool = false,
    needsOperator: Bool = false
  ) -> ChangeDetailPage {
    ChangeDetailPage(
      ChangeInContext(change, rolledBackBy: rolledBackBy.map { Change.ID($0) }, calledBy: calledBy),
      chain: chain.map { ChangeInContext($0) },
      rollback: rollback,
      tenantID: "tenant-1",
      isSigned: isSigned,
      canRollBack: canRollBack,
      needsOperator: needsOperator
    )
  }

  @Test func aViewerWhoMayNotRollBackLearnsWhoMay() {
    let change = Sample.change(2, Sample.fraudCheck, Sample.newVendor)
    let text = "An operator can roll back this change."

    #expect(page(change, needsOperator: true).render(in: Sample.frame).contains(text))
    #expect(!page(change, canRollBack: true).render(in: Sample.frame).contains(text))
    #expect(!page(change, rolledBackBy: [5], needsOperator: true).render(in: Sample.frame).contains(text))
  }

  @Test func thePageShowsAllFactsAboutAChange() {
    let change = Sample.change(2, Sample.fraudCheck, Sample.newVendor, reason: "CHG0042")

    #expect(
      page(change, canRollBack: true).render(in: Sample.frame).pageText == """
        Timeline Change 2 Adele set postFederationSignup of B2C_1_signup Fraud check → to New vendor applied \
        Roll back … All steps of this flow over time ; all flows at the time of this change Details \
        Requested 2026-11-23T09:15:02.000000Z Settled 2026-11-23T09:15:03.000000Z \
        Kind update Settled by request Result applied HTTP status 204 Reason CHG0042 Actor Adele Actor id oid-1 \
        Authenticated by entra IP address 192.0.2.7 Tenant tenant-1 Request id request-1 Log entry 4 \
        Integrity matches the log entry; a signed checkpoint covers it \
        Receipt : a file that proves, without this server, that the log contains this change.
        """
    )
  }

  @Test func aPendingChangeIsReadAgainUntilItsResultIsKnown() {
    let html = page(Sample.change(2, Sample.fraudCheck, .none, outcome: nil), isSigned: false).render(in: Sample.frame)

    #expect(
      html.pageText == """
        Timeline Change 2 Adele set postFederationSignup of B2C_1_signup Fraud check → to nothing pending \
        The result is not known yet. Reflog reads the directory again until the result is known. \
        The step is locked until then. \
        Check again All steps of this flow over time ; all flows at the time of this change Details \
        Requested 2026-11-23T09:15:02.000000Z Kind update Result pending Actor Adele Actor id oid-1 \
        Authenticated by entra IP address 192.0.2.7 Tenant tenant-1 Request id request-1 Log entry 4 \
        Integrity no signed checkpoint covers it; check the ledger with reflog verify \
        Receipt : a file that proves, without this server, that the log contains this change.
        """
    )
    #expect(html.contains(#"<p class="status" data-running>"#))
  }

  @Test(arguments: [(Change.Result.denied, "Was to roll back change 6"), (.applied, "Rolls back change 6")])
  func aRefusedRollbackIsNotShownAsARollback(result: Change.Result, text: String) {
    let outcome = Change.Outcome(result: result, settledBy: .request)
    let rollback = Sample.change(
      7,
      .unknown,
      Sample.fraudCheck,
      kind: .rollback,
      rollbackOf: 6,
      outcome: outcome
    )

    #expect(page(rollback).render(in: Sample.frame).pageText.contains(" \(text) "))
  }

  @Test func theHistoryOfAStepEndsWithALinkToAllChangesOfTheStep() {
    let changes = [Sample.change(2, Sample.fraudCheck, .none), Sample.change(1, .none, Sample.fraudCheck)]
    let link = #"<a href="/?flow=b2cUserFlows/B2C_1_signup&amp;step=postFederationSignup">All changes of this step</a>"#

    #expect(page(changes[0], chain: changes).render(in: Sample.frame).contains(link))
    #expect(!page(changes[0]).render(in: Sample.frame).contains(link))
  }

  @Test func aRolledBackChangeIsNotOfferedForARollback() {
    let rollback = Sample.change(5, Sample.newVendor, Sample.fraudCheck, kind: .rollback, rollbackOf: 2)

    let page = page(
      Sample.change(2, Sample.fraudCheck, Sample.newVendor),
      rollback: rollback,
      rolledBackBy: [5],
      canRollBack: true
    )

    #expect(page.render(in: Sample.frame).pageText.contains("This change was rolled back by change 5 ."))
    #expect(!page.canRollBack)
    #expect(page.facts.first { $0.name == "Rolled back by" }?.link?.path == "/changes/5")
  }

  @Test func afterARollbackWasRolledBackThePageOffersAnotherRollback() {
    let change = Sample.change(2, Sample.fraudCheck, Sample.newVendor)

    let page = page(change, rolledBackBy: [5, 6], canRollBack: true)

    #expect(page.canRollBack)
    #expect(
      page.render(in: Sample.frame).pageText
        .contains("This change was rolled back by change 5 , which was rolled back by change 6 .")
    )
  }

  @Test func theStepsThatCalledAConnectorAreNamed() {
    let edit = Sample.change(3, Sample.fraudCheck, Sample.fraudCheck, of: .connector)

    let callers = [(Sample.attributes, true), (Sample.signup, false)].map { ConnectorCaller($0, isCertain: $1) }

    let called = page(edit, calledBy: callers).render(in: Sample.frame)
    let certain = page(edit, calledBy: Array(callers.prefix(1))).render(in: Sample.frame)
    let uncalled = page(edit, calledBy: []).render(in: Sample.frame)

    #expect(
      called.pageText.contains(
        "Steps that called this connector then postAttributeCollection of B2C_1_signup postFederationSignup of "
          + "B2C_1_signup uncertain Uncertain: what the step called then is not recorded."
      )
    )
    #expect(!certain.contains("uncertain"))
    #expect(called.contains(#"<a href="/flows/b2cUserFlows/B2C_1_signup">"#))
    #expect(uncalled.pageText.contains("No recorded step called this connector when the change was made."))
  }

  @Test func theDeletionOfAConnectorNamesTheWayToRepairTheSteps() {
    let deletion = Sample.change(3, Sample.fraudCheck, .none, of: .connector)
    let refused = Sample.change(
      4,
      Sample.fraudCheck,
      .none,
      of: .connector,
      outcome: Change.Outcome(result: .rejected, httpStatus: 404, settledBy: .request)
    )
    let callers = [ConnectorCaller(Sample.signup, isCertain: true)]
    let html = page(deletion, calledBy: callers).render(in: Sample.frame)

    #expect(html.contains("A deleted connector can't be restored, because its authentication is not recorded."))
    #expect(!page(deletion, calledBy: []).isDeletion)
    #expect(!page(refused, calledBy: callers).isDeletion)
    #expect(!page(Sample.change(5, Sample.fraudCheck, .none)).isDeletion)
  }

  @Test func aPendingRollbackIsNamed() {
    let rollback = Sample.change(
      5,
      Sample.newVendor,
      Sample.fraudCheck,
      kind: .rollback,
      rollbackOf: 2,
      outcome: nil
    )

    let page = page(Sample.change(2, Sample.fraudCheck, Sample.newVendor), rollback: rollback, canRollBack: true)

    #expect(!page.hasRollbacks)
    #expect(page.canRollBack)
    #expect(page.facts.first { $0.name == "Unsettled rollback" }?.link?.text == "change 5")
  }

  @Test func theHistoryOfTheStepMarksTheShownChange() {
    let change = Sample.change(2, Sample.fraudCheck, Sample.newVendor)

    let page = page(change, chain: [change, Sample.change(1, .none, Sample.fraudCheck)])

    #expect(page.hasChain)
    #expect(page.chain.map(\.isCurrent) == [true, false])
    #expect(!self.page(change, chain: [change]).hasChain)
  }

  @Test func aChangeOfAConnectorShowsPropertiesAndNoFlow() {
    let written = [
      Change.ChangedProperty(name: "targetUrl", before: "https://a.example", after: "https://b.example"),
      Change.ChangedProperty(name: "password", before: nil, after: nil),
    ]

    let page = page(
      Sample.change(3, Sample.fraudCheck, Sample.fraudCheck, of: .connector, properties: written)
    )

    #expect(page.properties.map(\.name) == ["targetUrl", "password"])
    #expect(page.properties.map(\.before) == ["https://a.example", "–"])
    #expect(page.properties.map(\.after) == ["https://b.example", "–"])
    #expect(page.location?.flow == nil)
  }
}
