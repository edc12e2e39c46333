import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page that shows the plan of a rollback, and the form that confirms the rollback.
struct RollbackPageTests {
  private func plan(
    before: ConnectorReference = Sample.newVendor,
    after: ConnectorReference = Sample.fraudCheck,
    supersededBy: [Int64] = [],
    newest: Int64? = 2,
    isDrifted: Bool = false,
    connectorExists: Bool = true,
    edits: [Change] = [],
    currentEdits: [Change] = []
  ) -> RollbackPlan {
    RollbackPlan(
      rollbackOf: Change.ID(2),
      address: Sample.signup,
      before: before,
      after: after,
      supersededBy: supersededBy.map { Change.ID($0) },
      newest: newest.map { Change.ID($0) },
      isDrifted: isDrifted,
      connectorExists: connectorExists,
      edits: ConnectorEdits(edits, limit: 100),
      currentEdits: ConnectorEdits(currentEdits, limit: 100)
    )
  }

  @Test func aPlanNamesTheEditsOfTheConnectorThatTheStepCallsNow() {
    let edit = Sample.change(18, Sample.newVendor, Sample.newVendor, of: .connector)

    let html = RollbackPage(plan(currentEdits: [edit]), later: []).render(in: Sample.frame)

    #expect(
      html.pageText.contains(
        """
        postFederationSignup of B2C_1_signup has called the same connector since the step was set, but New vendor was \
        edited since (change 18). Change 18 shows how to restore the earlier values.
        """
      )
    )
    #expect(html.contains(#"<a href="/changes/18">Change 18</a>"#))
  }

  @Test func aPlanNamesTheEditsOfTheConnectorThatItRestores() {
    let edit = Sample.change(18, Sample.fraudCheck, Sample.fraudCheck, of: .connector)

    let text = RollbackPage(plan(edits: [edit]), later: []).render(in: Sample.frame).pageText

    #expect(
      text.contains(
        "Fraud check was edited since (change 18). The rollback does not restore the properties of the connector."
      )
    )
  }

  @Test func thePlanShowsBothReferences() {
    let html = RollbackPage(plan(), later: []).render(in: Sample.frame)

    #expect(
      html.pageText == """
        Timeline / Change 2 Roll back change 2 postFederationSignup of B2C_1_signup will call Fraud check 3f1c7a52 . \
        It now calls New vendor 8a64d9b0 . Reason Roll back Cancel
        """
    )
    #expect(html.contains(#"<input type="hidden" name="csrf" value="csrf-1">"#))
    #expect(html.contains(#"<input type="hidden" name="standing" value="8a64d9b0">"#))
    #expect(!html.contains(#"name="seen""#))
    #expect(!html.contains(#"name="force""#))
    // The page has no such link, because a click on it would lose the reason that a person has typed.
    #expect(!html.contains("/connectors/"))
  }

  @Test func laterChangesMustBeConfirmed() {
    let later = Sample.change(4, Sample.newVendor, .none, at: "2026-11-23T09:20:00Z", reason: "Later")

    let html = RollbackPage(plan(before: .none, supersededBy: [3, 4], newest: 4), later: [later])
      .render(in: Sample.frame)

    #expect(
      html.pageText == """
        Timeline / Change 2 Roll back change 2 postFederationSignup of B2C_1_signup will call Fraud check 3f1c7a52 . \
        It now calls nothing . Later changes of this step, which the rollback undoes too \
        Change 4, 2026-11-23 09:20:00 Adele set postFederationSignup of B2C_1_signup New vendor → to nothing \
        Later applied … and 1 more. Reason Undo the later changes too Roll back Cancel
        """
    )
    #expect(html.contains(#"<input type="hidden" name="standing" value="none">"#))
    #expect(html.contains(#"<input type="hidden" name="seen" value="4">"#))
    #expect(html.contains(#"<input type="checkbox" name="force" value="true" required>"#))
  }

  @Test func thePageShowsAMissingConnectorAndADrift() {
    let html = RollbackPage(plan(isDrifted: true, connectorExists: false), later: []).render(in: Sample.frame)

    #expect(
      html.pageText == """
        Timeline / Change 2 Roll back change 2 postFederationSignup of B2C_1_signup would call Fraud check 3f1c7a52 . \
        It now calls New vendor 8a64d9b0 , which was set without Reflog. Fraud check does not exist any more, \
        so this change can't be rolled back. Point the step at another connector instead: \
        reflog set b2cUserFlows/B2C_1_signup/postFederationSignup CONNECTOR --reason REASON
        """
    )
    #expect(!html.contains(#"action="/changes/2/rollback""#))
    let frozen = RollbackPage(plan(connectorExists: false), later: [], freeze: Self.freeze).render(in: Sample.frame)
    #expect(frozen.contains("CONNECTOR --reason REASON --override REASON</code>"))
    #expect(!frozen.contains("A rollback is refused"))
  }

  @Test func noRollbackIsOfferedIfTheReferenceIsAlreadySet() {
    let html = RollbackPage(plan(before: Sample.fraudCheck), later: []).render(in: Sample.frame)

    #expect(
      html.pageText == """
        Timeline / Change 2 Roll back change 2 postFederationSignup of B2C_1_signup already calls \
        Fraud check 3f1c7a52 . There is nothing to roll back. Change 2
        """
    )
    #expect(!html.contains(#"action="/changes/2/rollback""#))
  }

  @Test func theFormContainsTheReasonAgainAfterARefusal() {
    let page = RollbackPage(plan(), later: [], reason: "Sign-up is broken", problem: "It was refused.")

    let html = page.render(in: Sample.frame)

    #expect(html.contains(#"<p class="problem" role="alert">It was refused.</p>"#))
    #expect(html.contains(#"value="Sign-up is broken""#))
  }

  @Test func theFormDoesNotContainAnUnknownReference() {
    let page = RollbackPage(plan(before: .unknown, newest: nil), later: [])

    #expect(page.current == nil)
    #expect(page.seen == nil)
    #expect(!page.render(in: Sample.frame).contains(#"name="standing""#))
  }

  @Test func theCountOfLaterChangesStopsAtAHundred() {
    let page = RollbackPage(plan(supersededBy: Array(3...102), newest: 102), later: [])

    #expect(page.left == "… and more.")
  }

  private static let freeze = Freeze(
    id: 5,
    scope: .address(Sample.signup),
    reason: "INC0042",
    actor: Change.Actor(type: .user, id: "oid", name: "Adele"),
    placed: Timestamp(microseconds: 0),
    from: Timestamp(microseconds: 0),
    until: Timestamp(microseconds: 3_600_000_000)
  )

  @Test func aFrozenStepNeedsAReasonForTheOverride() {
    let html = RollbackPage(plan(), later: [], freeze: Self.freeze, offersFreeze: true, override: "Agreed")
      .render(in: Sample.frame)

    #expect(
      html.pageText.contains(
        """
        Adele froze b2cUserFlows/B2C_1_signup/postFederationSignup until 1970-01-01 01:00:00 , with the reason: \
        INC0042 (freeze 5). A rollback is refused unless you override the freeze.
        """
      )
    )
    #expect(html.contains(#"name="override" value="Agreed" maxlength="1000" required"#))
    #expect(html.contains(#"<input type="checkbox" name="freeze" value="true">"#))
  }

  @Test func theEndOfAFreezeIsShownInTheTimeZone() throws {
    let zone = try #require(PageTimeZone("Asia/Kolkata"))

    let html = RollbackPage(plan(), later: [], freeze: Self.freeze)
      .render(in: PageFrame(directory: .embedded, viewer: nil, zone: zone))

    #expect(html.pageText.contains("until 1970-01-01 06:30:00 , with the reason: INC0042 (freeze 5)."))
  }

  @Test func aStepWithoutAFreezeNeedsNoOverride() {
    let html = RollbackPage(plan(), later: [], offersFreeze: true).render(in: Sample.frame)

    #expect(html.contains("The freeze also refuses edits of the connector that the frozen step calls."))
    #expect(!html.contains("name=\"override\""))
    #expect(html.contains("name=\"freeze\""))
  }

  @Test(arguments: [true, false])
  func theListOfFreezesOffersTheReleaseToOperators(canFreeze: Bool) {
    let html = FreezesPage([Self.freeze], now: Timestamp(microseconds: 1), canFreeze: canFreeze)
      .render(in: Sample.frame)

    #expect(
      html.pageText.contains(
        """
        b2cUserFlows/B2C_1_signup/postFederationSignup in force Freeze 5 From 1970-01-01 00:00:00 Until 1970-01-01 \
        01:00:00 Placed by Adele Reason INC0042
        """
      )
    )
    #expect(html.contains(#"action="/freezes/5/release""#) == canFreeze)
    #expect(html.contains(#"action="/freezes""#) == canFreeze)
  }

  @Test func theFormThatPlacesAFreezeKeepsWhatWasTyped() {
    let fields = ["scope": "all", "from": "2026-12-24", "until": "x", "reason": "<b>"]
    let form = FreezesPage.Form(fields, problem: FormError("'x' is not a valid time."))

    let html = FreezesPage([], now: Timestamp(microseconds: 1), canFreeze: true, form: form).render(in: Sample.frame)

    for value in ["all", "2026-12-24", "x", "&lt;b&gt;"] { #expect(html.contains("value=\"\(value)\"")) }
    #expect(html.contains(#"<p class="problem" role="alert">&#39;x&#39; is not a valid time.</p>"#))
    #expect(!html.contains("A freeze of a step or a flow also refuses edits of the connectors"))
  }

  @Test func aListWithoutFreezesStatesThatNothingIsFrozen() {
    let html = FreezesPage([], now: Timestamp(microseconds: 1), canFreeze: true).render(in: Sample.frame)

    #expect(html.pageText.contains("Nothing is frozen."))
    #expect(html.contains("A freeze of a step or a flow also refuses edits of the connectors"))
  }
}
