import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page of an edit of a connector: how the values before the edit can be restored.
struct RestorationPageTests {
  private func edit(_ id: Int64 = 18, _ properties: Change.ChangedProperty...) -> Change {
    Sample.change(id, Sample.fraudCheck, Sample.fraudCheck, of: .connector, properties: properties)
  }

  private let target = Change.ChangedProperty(
    name: "targetUrl",
    before: "https://good.example/a",
    after: "https://x.example"
  )

  private func html(
    _ change: Change,
    later: [Change] = [],
    callers: [Address] = [],
    canEdit: Bool = true,
    needsOperator: Bool = false,
    isRestored: Bool = false,
    frozen: Bool = false,
    form: ChangeDetailPage.Restoration.Form = .empty
  ) throws -> String {
    let plan = try #require(RestorationPlan(change, later: later.reversed()))
    let everything = Freeze(
      id: 3,
      scope: .everything,
      reason: "INC0042",
      actor: Sample.adele,
      placed: Sample.time("2026-11-23T10:00:00Z"),
      from: Sample.time("2026-11-23T10:00:00Z"),
      until: nil
    )
    return ChangeDetailPage(
      ChangeInContext(change),
      chain: [],
      rollback: nil,
      tenantID: "tenant-1",
      isSigned: true,
      freezes: frozen ? [CoveringFreeze(everything)] : [],
      restoration: ChangeDetailPage.Restoration(
        plan,
        callers: callers,
        callerCount: callers.count,
        server: "https://reflog.example/base",
        canEdit: canEdit,
        needsOperator: needsOperator,
        form: form
      ),
      isRestored: isRestored,
      canRollBack: false,
      trail: "?flow=x"
    ).render(in: Sample.frame)
  }

  @Test func anEditOffersItsValuesBefore() throws {
    let html = try html(edit(18, target))

    #expect(html.contains(#"action="/changes/18/restore?flow=x""#))
    #expect(
      html.pageText.contains(
        """
        Restore the values before this edit targetUrl will be https://good.example/a . The newest recorded \
        value is https://x.example . Reason
        """
      )
    )
    #expect(html.contains("https://reflog.example/base&#39;/beta/identity/apiConnectors/3f1c7a52"))
    #expect(html.contains("--data &#39;{&quot;targetUrl&quot;:&quot;https://good.example/a&quot;}&#39;"))
    #expect(html.contains(##"<a class="button" href="#restore">Restore the earlier values …</a>"##))
    #expect(html.contains("<button>Restore these values</button>"))
    #expect(!html.contains("does not restore"))
    #expect(!html.contains(#"name="override""#))
    #expect(try self.html(edit(18, target), frozen: true).contains(#"name="override""#))
  }

  @Test func aRefusedFormIsShownAgainWithTheReason() throws {
    let form = ChangeDetailPage.Restoration.Form(reason: "No number", override: "Agreed", problem: "It was refused.")

    let html = try html(edit(18, target), frozen: true, form: form)

    #expect(html.contains(#"<p class="problem" role="alert">It was refused.</p>"#))
    #expect(html.contains(#"name="reason" value="No number""#))
    #expect(html.contains(#"name="override" value="Agreed""#))
  }

  @Test func aReaderSeesTheRequestWithoutAForm() throws {
    let html = try html(edit(18, target), canEdit: false)

    #expect(!html.contains("/restore"))
    #expect(html.contains("curl --fail-with-body"))
  }

  @Test func whatIsNotRecordedIsStated() throws {
    let url = Change.ChangedProperty(name: "targetUrl", before: "https://good.example/a?…", after: "https://x")
    let secret = Change.ChangedProperty(name: "authenticationConfiguration", before: nil, after: nil)
    let html = try html(edit(18, url, secret))
    let nothing = try self.html(edit(18, secret))

    #expect(!html.contains("/restore"))
    #expect(
      html.pageText.contains(
        "These values before the edit are not recorded, so the request does not restore them: "
          + #"authenticationConfiguration. The query of the target URL is not recorded. In the request, replace ?\u2026 "#
          + "with the query."
      )
    )
    #expect(html.contains(#"https://good.example/a?\u2026&quot;}"#))
    #expect(!nothing.contains("curl"))
  }

  @Test func laterEditsOfTheSamePropertyAreNamedAndMustBeConfirmed() throws {
    let html = try html(edit(18, target), later: [edit(20, target), edit(21, target)])

    #expect(html.contains("/restore"))
    #expect(html.contains(#"<input type="hidden" name="seen" value="21">"#))
    #expect(html.contains(#"name="force" value="true" required> Replace what the later edits wrote too"#))
    #expect(
      html.pageText.contains(
        """
        Later edits wrote the same properties: change 20 , change 21 . The request also replaces what the later edits \
        wrote.
        """
      )
    )
  }

  @Test func laterEditsOfOtherPropertiesDoNotMatter() throws {
    let name = Change.ChangedProperty(name: "displayName", before: "Fraud check", after: "Other")

    let html = try html(edit(18, target), later: [edit(20, name)])

    #expect(html.contains("/restore"))
    #expect(!html.contains("Later edits"))
    #expect(!html.contains(#"name="force""#))
  }

  @Test func theFormOffersToFreezeTheStepsThatCallTheConnector() throws {
    let html = try html(edit(18, target), callers: Array(repeating: Sample.signup, count: 7))

    #expect(html.contains(#"name="freeze" value="true"> Freeze the steps that call this connector"#))
    #expect(html.contains(#"<select id="hours" name="hours">"#))
    #expect(html.pageText.contains("postFederationSignup of B2C_1_signup … and 2 more Duration of the freeze"))
    #expect(try !self.html(edit(18, target)).contains(#"name="freeze""#))
  }

  /// A page without the form has no link to the form, and a sentence explains why.
  @Test func aPageWithoutAFormExplainsWhy() throws {
    let secret = Change.ChangedProperty(name: "authenticationConfiguration", before: nil, after: nil)
    let pages = [
      (
        try html(edit(18, secret)),
        "Not all values before this edit are recorded, so this page does not restore them."
      ),
      (
        try html(edit(18, target), canEdit: false, needsOperator: true),
        "Only an operator can restore the values before this edit."
      ),
      (
        try html(edit(18, target), canEdit: false),
        "Reflog has no credential for Microsoft Graph, so this page does not restore the values before this edit."
      ),
    ]

    for (html, sentence) in pages {
      #expect(html.contains(sentence))
      #expect(!html.contains("Restore the earlier values"))
      #expect(!html.contains("/restore"))
    }
  }

  @Test func thePageOfARestorationReportsIt() throws {
    let message = #"<p class="status" role="status">This change restored the earlier values of the connector.</p>"#
    let denied = Sample.change(
      18,
      Sample.fraudCheck,
      Sample.fraudCheck,
      of: .connector,
      outcome: Change.Outcome(result: .denied, settledBy: .request)
    )
    func page(of change: Change) -> String {
      ChangeDetailPage(
        ChangeInContext(change),
        chain: [],
        rollback: nil,
        tenantID: "tenant-1",
        isSigned: true,
        isRestored: true,
        canRollBack: false
      ).render(in: Sample.frame)
    }

    #expect(try html(edit(18, target), isRestored: true).contains(message))
    #expect(try !html(edit(18, target)).contains(message))
    #expect(!page(of: denied).contains(message))
    #expect(!page(of: Sample.change(1, .none, Sample.fraudCheck)).contains(message))
  }

  @Test(arguments: [Change.Result.rejected, .denied, .notApplied, .unknown])
  func onlyAnAppliedEditCanBeRestored(result: Change.Result) {
    let change = Sample.change(
      18,
      Sample.fraudCheck,
      Sample.fraudCheck,
      of: .connector,
      properties: [target],
      outcome: Change.Outcome(result: result, settledBy: .request)
    )

    #expect(ConnectorRestoration(of: change) == nil)
  }

  @Test func aStepACreationAndADeletionHaveNothingToRestore() {
    #expect(ConnectorRestoration(of: Sample.change(1, .none, Sample.fraudCheck)) == nil)
    #expect(ConnectorRestoration(of: Sample.change(1, .none, Sample.fraudCheck, of: .connector)) == nil)
    #expect(ConnectorRestoration(of: Sample.change(1, Sample.fraudCheck, .none, of: .connector)) == nil)
  }
}
