import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page of all flows.
///
/// The page compares the references at an earlier time with the current references.
struct FlowsPageTests {
  private static let hint =
    "\(Sample.timeForms) A day means its first moment. Compare with a later time, or with now, to list only the "
    + "differences."

  private func configuration(_ address: Address, _ reference: ConnectorReference?) -> ConnectorConfiguration {
    ConnectorConfiguration(
      address: address,
      change: reference.map { Sample.change(1, .none, $0, of: .step(address)) },
      isCertain: true,
      targetURL: nil,
      verified: nil
    )
  }

  private func page(
    then: [ConnectorConfiguration],
    now: [ConnectorConfiguration]?,
    edits: [Change] = [],
    pending: [Address: Change.ID] = [:],
    next: String? = nil,
    search: String = "",
    canRollBack: Bool = true
  ) -> FlowsPage {
    var question = FlowsPage.Question()
    question.search = search
    if now != nil { question.moment = Sample.time("2026-11-23T10:00:00Z") }
    return FlowsPage(
      then: then,
      now: now,
      edits: Dictionary(
        edits.compactMap { edit in
          edit.intent.before.connectorID.flatMap { id in ConnectorEdits([edit], limit: 100).map { (id, $0) } }
        }
      ) { first, _ in first },
      pending: pending,
      question: question,
      next: next,
      canRollBack: canRollBack
    )
  }

  @Test func theFlowsPageShowsTheCurrentReferences() {
    let page = page(
      then: [
        configuration(Sample.signup, Sample.fraudCheck), configuration(Sample.attributes, ConnectorReference.none),
      ],
      now: nil
    )

    #expect(
      page.render(in: Sample.frame).pageText == """
        Flows As of (UTC) Compare with (UTC) Flow Show \(Self.hint) Flow postAttributeCollection postFederationSignup B2C_1_signup \
        nothing 2026-11-23 09:15:03 by Adele Fraud check 2026-11-23 09:15:03 by Adele
        """
    )
    #expect(page.comparison == nil)
    #expect(!page.canRollBack)
  }

  @Test func aPrintedPageStatesThatOtherPagesAreMissing() {
    let then = [configuration(Sample.signup, Sample.fraudCheck)]
    let missing = "The flows on other pages are not printed."

    #expect(page(then: then, now: nil, next: "behind=x").render(in: Sample.frame).contains(missing))
    #expect(!page(then: then, now: nil).render(in: Sample.frame).contains(missing))
  }

  @Test func theReferencesAtAnEarlierTimeAreComparedWithTheCurrentReferences() {
    let then = [configuration(Sample.signup, Sample.fraudCheck), configuration(Sample.attributes, Sample.fraudCheck)]
    let one = [configuration(Sample.signup, Sample.newVendor), configuration(Sample.attributes, Sample.fraudCheck)]
    let both = [configuration(Sample.signup, Sample.newVendor), configuration(Sample.attributes, Sample.newVendor)]
    let unknown = [configuration(Sample.signup, nil), configuration(Sample.attributes, nil)]
    let half = [configuration(Sample.signup, Sample.fraudCheck), configuration(Sample.attributes, nil)]

    #expect(page(then: then, now: one).comparison == "1 step calls something else now.")
    #expect(page(then: then, now: both).comparison == "2 steps call something else now.")
    #expect(
      page(then: then, now: both, next: "behind=x").comparison == "2 steps on this page call something else now."
    )
    #expect(page(then: then, now: then).comparison == "No step calls something else now.")
    #expect(
      page(then: half, now: then).comparison
        == "No step calls something else now. It is unknown what some steps called then."
    )
    #expect(page(then: unknown, now: then).comparison == "It is unknown what the steps called then.")
    let hint = "unknown: no change of this step is recorded"
    #expect(page(then: half, now: then).render(in: Sample.frame).pageText.contains("\(hint) up to that time."))
    #expect(page(then: half, now: nil).render(in: Sample.frame).pageText.contains("\(hint)."))
    #expect(!page(then: then, now: then).hasUnknown)
  }

  @Test func aConnectorThatWasEditedSinceIsNotTheSame() {
    let then = [configuration(Sample.signup, Sample.fraudCheck), configuration(Sample.attributes, Sample.fraudCheck)]
    let now = [configuration(Sample.signup, Sample.fraudCheck), configuration(Sample.attributes, Sample.newVendor)]
    let edit = Sample.change(
      18,
      Sample.fraudCheck,
      Sample.fraudCheck,
      of: .connector,
      properties: [Change.ChangedProperty(name: "targetUrl", before: "https://a.example", after: "https://b.example")]
    )

    let one = page(then: then, now: now, edits: [edit])
    let both = page(then: then, now: then, edits: [edit])

    #expect(
      one.comparison
        == "1 step calls something else now. The connector of 1 step was edited or deleted since."
    )
    #expect(
      both.comparison
        == "No step calls something else now. The connectors of 2 steps were edited or deleted since."
    )
    #expect(
      one.render(in: Sample.frame).pageText.contains(
        "Fraud check was edited since (change 18): targetUrl https://a.example → https://b.example. Change 18"
      )
    )
    #expect(page(then: then, now: nil, edits: [edit]).comparison == nil)
  }

  @Test func anEditOfTheConnectorSinceTheReferenceWasSetIsShown() {
    func edit(_ id: Int64, _ name: String, kind: Change.Kind = .update) -> Change {
      let property = Change.ChangedProperty(name: name, before: "https://a.example/x", after: "https://b.example/x")
      return Sample.change(id, Sample.fraudCheck, Sample.fraudCheck, of: .connector, kind: kind, properties: [property])
    }
    func text(_ edits: [Change]) -> String {
      let configuration = ConnectorConfiguration(
        address: Sample.signup,
        change: Sample.change(1, .none, Sample.fraudCheck),
        isCertain: true,
        targetURL: nil,
        verified: nil,
        edits: ConnectorEdits(edits, limit: 3)
      )
      return page(then: [configuration], now: nil).render(in: Sample.frame).pageText
    }

    let action = "◆ The connector was edited on 2026-11-23 09:15:03 , "
    let start = action + "by Adele : targetUrl → b.example (was a.example)"
    #expect(text([edit(18, "targetUrl")]).hasSuffix(start))
    #expect(text([edit(18, "targetUrl"), edit(19, "displayName")]).hasSuffix(start + ". More edits"))
    #expect(text([edit(18, "targetUrl", kind: .drift)]).contains(action + "without Reflog: targetUrl"))
    let both = ["displayName", "targetUrl"].map {
      Change.ChangedProperty(name: $0, before: nil, after: "https://b.example")
    }
    let renamed = Sample.change(18, Sample.fraudCheck, Sample.fraudCheck, of: .connector, properties: both)
    #expect(text([renamed]).contains("targetUrl → b.example, displayName →"))
    let deletion = Sample.change(18, Sample.fraudCheck, .none, of: .connector)
    #expect(text([deletion]).contains("The connector was deleted on"))
    #expect(!text([]).contains("◆"))
  }

  @Test func aTimeIsShownWithoutZerosForMilliseconds() {
    let then = [configuration(Sample.signup, Sample.fraudCheck)]

    #expect(page(then: then, now: then).asOf.value == "2026-11-23 10:00:00")
    #expect(
      PageTimeZone.utc.field(Sample.time("2026-11-23T10:00:00.0001Z"), roundedUp: true) == "2026-11-23 10:00:00.001"
    )
  }

  @Test func aFlowThatDiffersCanBeRolledBack() {
    let then = [configuration(Sample.signup, Sample.fraudCheck)]
    let now = [configuration(Sample.signup, Sample.newVendor)]

    #expect(page(then: then, now: now).canRollBack)
    #expect(page(then: then, now: now).flows.map(\.canRollBack) == [true])
    #expect(page(then: then, now: now).flows[0].cells[0].now?.name == "New vendor")
    #expect(!page(then: then, now: now, canRollBack: false).canRollBack)
    #expect(!page(then: then, now: then).canRollBack)
    // A search shows only some flows, but the rollback would change all flows. So the page must not offer the rollback.
    #expect(!page(then: then, now: now, search: "signup").canRollBack)
  }

  @Test func aPendingChangeIsLinked() {
    let uncertain = ConnectorConfiguration(
      address: Sample.signup,
      change: Sample.change(1, .none, Sample.fraudCheck),
      isCertain: false,
      targetURL: nil,
      verified: nil
    )

    let html = page(then: [uncertain], now: nil, pending: [Sample.signup: Change.ID(2)]).render(in: Sample.frame)

    #expect(html.pageText.contains("uncertain Change 2 is pending: its result is not known yet."))
    #expect(html.contains(#"<a href="/changes/2">"#))
  }

  @Test func ifNoFlowMatchesTheSearchThePageLinksToAllFlows() {
    let html = page(then: [], now: nil, search: "none").render(in: Sample.frame)

    let head = "Flows As of (UTC) Compare with (UTC) Flow Show \(Self.hint)"
    #expect(html.pageText == "\(head) No flow id contains this text. Show all flows")
  }
}
