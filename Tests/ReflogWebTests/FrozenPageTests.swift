import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests that pages mark what is frozen, and that they report the freeze that was placed together with a rollback.
struct FrozenPageTests {
  private func freeze(_ id: Int64, _ scope: FreezeScope, until: String? = "2026-11-23T18:00:00Z") -> Freeze {
    Freeze(
      id: id,
      scope: scope,
      reason: "INC0042",
      actor: Sample.adele,
      placed: Sample.time("2026-11-23T10:00:00Z"),
      from: Sample.time("2026-11-23T10:00:00Z"),
      until: until.map { Sample.time($0) }
    )
  }

  private let note = "frozen now by Adele until 2026-11-23 18:00:00 , with the reason: INC0042 ( freeze"

  @Test func theListOfFlowsMarksTheStepTheFlowAndEverything() {
    let flow = FlowName(of: Sample.signup)
    let configurations = [Sample.signup, Sample.attributes].map { address in
      ConnectorConfiguration(
        address: address,
        change: Sample.change(1, .none, Sample.fraudCheck, of: .step(address)),
        isCertain: true,
        targetURL: nil,
        verified: nil
      )
    }
    func page(_ freezes: [Freeze]) -> FlowsPage {
      FlowsPage(
        then: configurations,
        now: nil,
        pending: [:],
        freezes: freezes,
        question: FlowsPage.Question(),
        next: nil,
        canRollBack: true
      )
    }

    let all = page([freeze(1, .everything, until: nil), freeze(2, .flow(flow)), freeze(3, .address(Sample.signup))])
    let html = all.render(in: Sample.frame)

    #expect(all.freeze?.id == "1")
    #expect(all.flows.map(\.freeze?.id) == ["2"])
    #expect(all.flows[0].cells.map(\.freeze?.id) == [nil, "3"])
    #expect(
      html.pageText.contains(
        "Everything is frozen now by Adele until a person releases it, with the reason: INC0042 ( freeze 1 )"
      )
    )
    for id in [2, 3] { #expect(html.pageText.contains("\(note) \(id)")) }
    #expect(html.contains(#"<a href="/freezes#freeze-3">freeze 3</a>"#))
    #expect(!page([]).render(in: Sample.frame).contains("frozen now"))
    // If two freezes cover the same step, the page shows the freeze that ends last.
    let later = freeze(5, .address(Sample.signup), until: "2026-11-24T18:00:00Z")
    #expect(page([freeze(4, .address(Sample.signup)), later]).flows[0].cells[1].freeze?.id == "5")
  }

  @Test(arguments: [true, false])
  func thePageOfAFlowMarksTheFlowAndTheStep(canFreeze: Bool) {
    let lane = FlowLane(.postFederationSignup, [Sample.change(1, .none, Sample.fraudCheck)], isWhole: true)
    let other = freeze(3, .flow(FlowName(of: Sample.signup)))
    let page = FlowPage(
      FlowName(of: Sample.signup),
      [lane],
      end: Sample.time("2026-11-23T12:00:00Z"),
      isNow: true,
      freezes: [other, freeze(4, .address(Sample.signup)), freeze(5, .address(Sample.attributes))],
      canFreeze: canFreeze
    )

    let html = page.render(in: Sample.frame)

    #expect(html.pageText.contains("b2cUserFlows/B2C_1_signup: \(note) 3"))
    #expect(html.pageText.contains("postFederationSignup \(note) 4"))
    #expect(!html.contains("freeze 5"))
    #expect(html.contains(#"<a href="/freezes?scope=b2cUserFlows/B2C_1_signup#place">"#) == canFreeze)
  }

  private func page(_ freezes: [Freeze], placed: [Freeze] = [], notFrozen: Bool = false) -> ChangeDetailPage {
    ChangeDetailPage(
      ChangeInContext(Sample.change(2, Sample.newVendor, Sample.fraudCheck, kind: .rollback, rollbackOf: 1)),
      chain: [],
      rollback: nil,
      tenantID: "tenant-1",
      isSigned: true,
      freezes: freezes.map { CoveringFreeze($0) },
      placed: placed,
      notFrozen: notFrozen,
      canFreeze: true,
      canRollBack: false
    )
  }

  @Test func thePageOfAChangeMarksTheFrozenStep() {
    let frozen = page([freeze(3, .everything)]).render(in: Sample.frame)
    let free = page([]).render(in: Sample.frame)

    #expect(frozen.pageText.contains("Everything: \(note) 3"))
    let three = [freeze(3, .everything), freeze(4, .everything), freeze(5, .address(Sample.signup))]
    #expect(page(Array(three[..<2])).render(in: Sample.frame).contains(#"<a href="/freezes">and 1 more freeze</a>"#))
    #expect(page(three).render(in: Sample.frame).contains(">and 2 more freezes</a>"))
    #expect(!frozen.contains("more freeze"))
    #expect(!frozen.contains("Freeze this step"))
    #expect(free.contains(#"<a href="/freezes?scope=b2cUserFlows/B2C_1_signup/postFederationSignup#place">"#))
    #expect(!free.contains("frozen now"))
  }

  @Test func thePageOfAnEditNamesTheFrozenStepThatCallsTheConnector() {
    let page = ChangeDetailPage(
      ChangeInContext(Sample.change(2, Sample.newVendor, Sample.newVendor, of: .connector)),
      chain: [],
      rollback: nil,
      tenantID: "tenant-1",
      isSigned: true,
      freezes: [CoveringFreeze(freeze(3, .flow(FlowName(of: Sample.signup))), caller: Sample.signup)],
      canFreeze: true,
      canRollBack: false
    )

    let text = page.render(in: Sample.frame).pageText

    let caller = "postFederationSignup of B2C_1_signup calls this connector."
    #expect(text.contains("\(caller) b2cUserFlows/B2C_1_signup: \(note) 3"))
  }

  @Test func afterARollbackThePageReportsTheRequestedFreeze() {
    let placed = freeze(3, .address(Sample.signup))

    let done = page([placed], placed: [placed]).render(in: Sample.frame).pageText
    let failed = page([], notFrozen: true).render(in: Sample.frame).pageText

    #expect(done.contains("The step is frozen until 2026-11-23 18:00:00 , as you requested: freeze 3 ."))
    #expect(failed.contains("The step is not frozen: "))
    #expect(!page([placed]).render(in: Sample.frame).pageText.contains("as you requested"))
  }
}
