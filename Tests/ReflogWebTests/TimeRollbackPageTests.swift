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
