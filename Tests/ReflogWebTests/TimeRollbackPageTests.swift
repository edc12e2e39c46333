import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page with the plan and the progress of a rollback to a time.
struct TimeRollbackPageTests {
  private let rollback = TimeRollback(
    batchID: "batch-1",
    asOf: Sample.time("2026-11-23T10:00:00Z"),
    scope: .everything,
    newestChange: Change.ID(9)
  )

  private func item(_ after: ConnectorReference, change: Change? = nil, problem: String? = nil) -> TimeRollback.Item {
    var item = TimeRollback.Item(address: Sample.signup, before: Sample.newVendor, after: after, change: change)
    item.problem = problem
    return item
  }

  @Test func thePlanListsTheReferencesThatChange() {
    let plan = TimeRollbackPlan(
      rollback: rollback,
      steps: [item(Sample.fraudCheck), item(.none, problem: "It is frozen."), item(.unknown)],
      unasked: nil
    )

    let html = TimeRollbackPlanPage(plan).render(in: Sample.frame)

    #expect(
      html.pageText == """
        Flows Roll back to 2026-11-23 10:00:00 2 steps call something else now. 1 of them can&#39;t be rolled back. \
        1 step is not changed. Its reference at that time is unknown. \
        postFederationSignup of B2C_1_signup will call nothing . It now calls New vendor 8a64d9b0 . It is frozen. \
        postFederationSignup of B2C_1_signup will call Fraud check 3f1c7a52 . It now calls New vendor 8a64d9b0 . \
        Reason The rollback does not undo changes that are made after this page was loaded. \
        Roll back to this time Cancel
        """
    )
    #expect(html.contains(#"<input type="hidden" name="batch" value="batch-1">"#))
    #expect(html.contains(#"<input type="hidden" name="newest" value="9">"#))
  }

  private static let freeze = Freeze(
    id: 5,
    scope: .flow(FlowName(of: Sample.signup)),
    reason: "INC0042",
    actor: Sample.adele,
    placed: Timestamp(microseconds: 0),
    from: Timestamp(microseconds: 0),
    until: Timestamp(microseconds: 3_600_000_000)
  )
  private static let frozen =
    "Adele froze b2cUserFlows/B2C_1_signup until 1970-01-01 01:00:00 , with the reason: "
    + "INC0042 (freeze 5). Frozen steps are not rolled back unless you override the freezes."
  private static let label =
    "Reason for the override of the freezes. It is recorded and shown with the changes of frozen steps."

  private func plan(_ frozen: FrozenSteps, _ steps: [TimeRollback.Item]) -> TimeRollbackPlanPage {
    TimeRollbackPlanPage(TimeRollbackPlan(rollback: rollback, steps: steps, unasked: nil), frozen: frozen)
  }

  @Test func frozenStepsAreRolledBackWithAnOverride() {
    let free = TimeRollback.Item(address: Sample.attributes, before: Sample.newVendor, after: Sample.fraudCheck)
    let covered = [Sample.signup: Self.freeze]
    let operators = FrozenSteps(covered, canOverride: true, override: "Agreed")

    let some = plan(operators, [item(Sample.fraudCheck), free]).render(in: Sample.frame)
    let all = plan(operators, [item(Sample.fraudCheck)]).render(in: Sample.frame)
    let missing = plan(operators, [item(Sample.fraudCheck, problem: "It is missing.")]).render(in: Sample.frame)
    let others = plan(FrozenSteps(covered, canOverride: false), [item(Sample.fraudCheck)])

    #expect(some.pageText.contains("2 steps call something else now. 1 of them is frozen."))
    #expect(some.pageText.contains("It now calls New vendor 8a64d9b0 . Freeze 5 covers this step."))
    #expect(some.pageText.contains("\(Self.frozen) Reason \(Self.label) Leave it empty to leave frozen steps as they"))
    #expect(some.contains(#"name="override" value="Agreed" maxlength="1000" autocomplete"#))
    #expect(all.pageText.contains("\(Self.label) The rollback does not undo"))
    #expect(all.contains(#"name="override" value="Agreed" maxlength="1000" required"#))
    #expect(missing.pageText.contains("It is missing.") && !missing.contains("override"))
    #expect(!others.isPossible)
    #expect(others.render(in: Sample.frame).pageText.contains(Self.frozen))
    #expect(!others.render(in: Sample.frame).contains(#"name="override""#))
  }

  @Test func aRollbackThatAFreezeStoppedContinuesWithAnOverride() {
    let outcome = Change.Outcome(result: .denied, code: "frozen", message: "Frozen then.", settledBy: .request)
    let denied = Sample.change(3, Sample.newVendor, Sample.fraudCheck, kind: .rollback, outcome: outcome)
    let steps = [item(Sample.fraudCheck, change: denied, problem: "Frozen then.")]
    let progress = TimeRollbackProgress(rollback: rollback, state: .partial, steps: steps)
    let frozen = FrozenSteps([Sample.signup: Self.freeze], canOverride: true)

    let stopped = TimeRollbackProgressPage(progress, frozen: frozen, canGoOn: true).render(in: Sample.frame)
    let released = TimeRollbackProgressPage(progress, canGoOn: true).render(in: Sample.frame)

    #expect(stopped.pageText.contains("Freeze 5 covers this step."))
    #expect(stopped.pageText.contains("\(Self.frozen) Reason \(Self.label) Continue the rollback"))
    #expect(stopped.contains(#"name="override" value="" maxlength="1000" required"#))
    #expect(released.pageText.contains("Frozen then."))
    #expect(!released.contains(#"name="override""#))
  }

  @Test func aPlanNamesAtMostFiveFreezes() {
    let steps = (0..<7).map { number in
      TimeRollback.Item(
        address: Sample.address("b2cUserFlows/B2C_1_\(number)/postFederationSignup"),
        before: Sample.newVendor,
        after: Sample.fraudCheck
      )
    }
    let freezes = steps.enumerated().map { number, step in
      let freeze = Freeze(
        id: Int64(number + 1),
        scope: .address(step.address),
        reason: "INC0042",
        actor: Sample.adele,
        placed: Timestamp(microseconds: 0),
        from: Timestamp(microseconds: 0),
        until: nil
      )
      return (step.address, freeze)
    }

    let page = plan(FrozenSteps(Dictionary(uniqueKeysWithValues: freezes), canOverride: true), steps)

    #expect(page.form.freezes.map(\.id) == ["1", "2", "3", "4", "5"])
    #expect(page.render(in: Sample.frame).pageText.contains("(freeze 5). … and 2 more. Frozen steps are not"))
    #expect(page.form.needsOverride)
  }

  @Test func aPlanNamesConnectorsThatWereEditedSince() throws {
    let edit = Sample.change(
      18,
      Sample.fraudCheck,
      Sample.fraudCheck,
      of: .connector,
      properties: [Change.ChangedProperty(name: "targetUrl", before: "https://a.example", after: "https://b.example")]
    )
    let edits = try #require(ConnectorEdits([edit], limit: 100))
    let edited = EditedStep(address: Sample.signup, isSameReference: true, edits: edits)
    let plan = TimeRollbackPlan(rollback: rollback, steps: [], unasked: nil, edited: [edited])

    let html = TimeRollbackPlanPage(plan).render(in: Sample.frame)

    #expect(
      html.pageText == """
        Flows Roll back to 2026-11-23 10:00:00 Connectors that were edited since \
        A rollback restores the references of steps. It does not restore the properties of connectors. \
        The reference of postFederationSignup of B2C_1_signup is the same, but Fraud check was edited since \
        (change 18): targetUrl https://a.example → https://b.example. change 18 \
        Every step has the same reference as at that time. There is nothing to roll back.
        """
    )
    #expect(html.contains(#"<a href="/changes/18">"#))
  }

  @Test func aPlanWithoutStepsHasNoForm() {
    let html = TimeRollbackPlanPage(TimeRollbackPlan(rollback: rollback, steps: [], unasked: "Graph is down."))
      .render(in: Sample.frame)

    #expect(
      html.pageText == """
        Flows Roll back to 2026-11-23 10:00:00 \
        Reflog could not check whether the connectors still exist: Graph is down. \
        Every step has the same reference as at that time. There is nothing to roll back.
        """
    )
    #expect(!html.contains(#"name="batch""#))
  }

  @Test(
    arguments: [
      (.running, "1 of 2 steps were rolled back. The rollback is still running.", false),
      (.done, "1 of 2 steps were rolled back. The rollback is done.", false),
      (.partial, "1 of 2 steps were rolled back. The rollback stopped before it was complete.", true),
    ] as [(TimeRollbackProgress.State, String, Bool)]
  )
  func theProgressIsShownAsASentence(state: TimeRollbackProgress.State, summary: String, canContinue: Bool) {
    let change = Sample.change(3, Sample.newVendor, Sample.fraudCheck, kind: .rollback)
    let steps = [item(Sample.fraudCheck, change: change), item(Sample.fraudCheck)]

    let page = TimeRollbackProgressPage(
      TimeRollbackProgress(rollback: rollback, state: state, steps: steps),
      canGoOn: true
    )

    #expect(page.summary == summary)
    #expect(page.canContinue == canContinue)
    #expect(page.isRunning == (state == .running))
  }

  @Test func aRolledBackStepLinksToItsChange() {
    let change = Sample.change(3, Sample.newVendor, Sample.fraudCheck, kind: .rollback)
    let progress = TimeRollbackProgress(
      rollback: rollback,
      state: .done,
      steps: [item(Sample.fraudCheck, change: change)]
    )

    #expect(
      TimeRollbackProgressPage(progress, canGoOn: false).render(in: Sample.frame).pageText == """
        Flows Roll back to 2026-11-23 10:00:00 1 of 1 step was rolled back. The rollback is done. \
        postFederationSignup of B2C_1_signup calls Fraud check 3f1c7a52 again instead of New vendor 8a64d9b0 . \
        change 3 applied
        """
    )
  }

  @Test func aPlanShowsAtMost150Steps() {
    let steps = TimeRollbackSteps(Array(repeating: item(Sample.fraudCheck), count: 200))

    #expect(steps.rows.count == 150)
    #expect(steps.left == "… and 50 more steps.")
  }

  @Test func aPlanWithLongNamesShowsFewerSteps() {
    let loud = Sample.connector("c1", String(repeating: "\"", count: 128))

    let steps = TimeRollbackSteps(Array(repeating: item(loud), count: 150))

    // The estimated size of each row is 471 bytes. The limit for all rows together is 50,000 bytes, so 106 rows fit.
    #expect(steps.rows.count == 106)
    #expect(steps.left == "… and 44 more steps.")
  }
}
