import ReflogModel
import Testing

@testable import ReflogWeb

/// Tests of the page that lists changes, newest first.
struct TimelinePageTests {
  private static let filter = """
    Filter Text Flow Step Actor Connector Reason \
    Result any pending applied rejected denied not applied superseded unknown \
    Kind any update rollback drift baseline From (UTC) Until (UTC) \
    \(Sample.timeForms) If Until is a day, that day is included. Show
    """

  private func timeline(
    _ changes: [Change],
    next: String? = nil,
    isFiltered: Bool = false,
    isNewest: Bool = true,
    status: LedgerStatus = Sample.status(),
    total: Int? = nil,
    proposals: [TimelinePage.Proposal] = [],
    requestSearch: String? = nil,
    searched: Timestamp? = nil
  ) -> TimelinePage {
    TimelinePage(
      changes.map { ChangeInContext($0) },
      next: next,
      query: "",
      form: FilterForm(requestSearch == nil ? [:] : ["q": "0e6b"], problem: nil),
      isFiltered: isFiltered,
      isNewest: isNewest,
      status: status,
      total: total,
      proposals: proposals,
      requestSearch: requestSearch,
      searched: searched
    )
  }

  @Test func aPageShowsItsChangesAndTheStateOfTheLedger() {
    let change = Sample.change(1, Sample.fraudCheck, Sample.newVendor, reason: "CHG0042")

    let html = timeline([change], next: "skiptoken=1", status: Sample.status(.graph, pending: 1))
      .render(in: Sample.frame)

    #expect(
      html.pageText == """
        Timeline Directory: Microsoft Graph. Not verified against it yet. 1 change is pending \(Self.filter) \
        2026-11-23 Change 1, 2026-11-23 09:15:02 Adele set postFederationSignup of B2C_1_signup \
        Fraud check → to New vendor CHG0042 applied Older changes Older changes are not printed. \
        Download all changes as CSV , CSV for Excel , JSON Lines , OCSF or ASIM . Each download is recorded. \
        More options
        """
    )
    #expect(html.contains(#"<a class="button" rel="next" href="/?skiptoken=1">"#))
  }

  @Test func aPrintedPageShowsWhatItLeavesOut() {
    let change = Sample.change(1, Sample.fraudCheck, Sample.newVendor)
    let form = FilterForm(["q": "CHG", "flow": "signup", "since": "2026-11-01", "zone": "UTC"], problem: nil)
    let page = TimelinePage(
      [ChangeInContext(change)],
      next: nil,
      query: "",
      form: form,
      isFiltered: true,
      isNewest: false,
      status: Sample.status()
    )

    let html = page.render(in: Sample.frame)

    #expect(html.contains(#"<p class="printed">Filter: text CHG; flow signup; since 2026-11-01</p>"#))
    #expect(html.contains(#"<p class="printed">Newer changes are not printed.</p>"#))
    #expect(!html.contains("Older changes are not printed."))
    #expect(!timeline([change]).render(in: Sample.frame).contains("class=\"printed\""))
  }

  @Test func aSearchThatIsNotCompleteDoesNotStateThatNothingMatches() {
    let searched = Sample.time("2026-03-01T08:00:00Z")

    let text = timeline([], next: "skiptoken=1", isFiltered: true, searched: searched).render(in: Sample.frame).pageText

    #expect(
      text.contains(
        """
        No change found yet. The changes since 2026-03-01 08:00:00 were searched, but not the older ones. \
        Search older changes
        """
      )
    )
    #expect(!text.contains("No changes match"))
  }

  @Test func aPageWithFewChangesShowsHowFarTheSearchReached() {
    let change = Sample.change(1, Sample.fraudCheck, Sample.newVendor)
    let searched = Sample.time("2026-03-01T08:00:00Z")

    let cut = timeline([change], next: "skiptoken=1", isFiltered: true, searched: searched)
      .render(in: Sample.frame).pageText
    let whole = timeline([change], next: "skiptoken=1", isFiltered: true).render(in: Sample.frame).pageText

    #expect(
      cut.contains("applied The changes since 2026-03-01 08:00:00 were searched, but not the older ones. Search older")
    )
    #expect(!whole.contains("were searched"))
    #expect(whole.contains("applied Older changes"))
  }

  @Test func theLastPageOfASearchStatesThatNoOlderChangeMatches() {
    let text = timeline([], isFiltered: true, isNewest: false).render(in: Sample.frame).pageText

    #expect(text.contains("No older changes match this filter. Show all changes"))
    #expect(!text.contains("No changes match"))
  }

  @Test func aPrintedSearchShowsItsText() {
    let form = FilterForm(["q": "CHG0042", "flow": "signup"], problem: nil)

    #expect(form.conditions.map { "\($0.name) \($0.value)" } == ["text CHG0042", "flow signup"])
  }

  @Test func thePageOfAnEmptyLedgerShowsTheFirstTask() {
    #expect(
      timeline([]).render(in: Sample.frame).pageText == """
        Timeline Directory: embedded. \(Self.filter) \
        No changes are recorded yet. Point a step at a connector to see the first one.
        """
    )
  }

  @Test func ifNoChangeMatchesTheFilterThePageLinksToAllChanges() {
    #expect(
      timeline([], isFiltered: true).render(in: Sample.frame).pageText == """
        Timeline Directory: embedded. \(Self.filter) Show all changes Filter: \
        No changes match this filter. Show all changes
        """
    )
  }

  @Test func aFilterWithoutMatchesShowsTheNumberOfAllChangesAndTheNearestNames() {
    let names = ["B2C_1_signup", "B2C_1_signin"].map { TimelinePage.Proposal.Name($0, path: "/?flow=\($0)") }
    let proposal = TimelinePage.Proposal(text: "<singup>", names: names)

    let html = timeline([], isFiltered: true, total: 2588, proposals: [proposal]).render(in: Sample.frame)

    #expect(
      html.pageText.hasSuffix(
        """
        No changes match this filter; 2,588 without it. No recorded name contains '&lt;singup&gt;'. Nearest names: \
        B2C_1_signup B2C_1_signin Show all changes
        """
      )
    )
    #expect(html.contains(#"<a href="/?flow=B2C_1_signup">B2C_1_signup</a>"#))
  }

  @Test func anAnswerWithoutAMatchLinksToTheSearchOfTheRequestIds() {
    let html = timeline([], isFiltered: true, requestSearch: "/?request=0e6b").render(in: Sample.frame)

    #expect(html.pageText.hasSuffix("No changes match this filter. Show all changes Search the request ids for 0e6b"))
    #expect(html.contains(#"<a href="/?request=0e6b">"#))
  }

  @Test func ifAFieldIsInvalidThePageShowsOnlyTheMessage() {
    let page = TimelinePage(
      [],
      next: nil,
      query: "",
      form: FilterForm(["since": "2025-02-30"], problem: FormError("It is not a time.", in: "since")),
      isFiltered: true,
      isNewest: false,
      status: Sample.status()
    )

    let html = page.render(in: Sample.frame)

    #expect(html.contains(#"<p class="problem" id="since-problem" role="alert">It is not a time.</p>"#))
    #expect(!html.contains("No changes match"))
    #expect(!html.contains("Download"))
  }

  @Test func aRowNamesTheStepsThatCalledTheConnectorAndTheRollback() {
    let edit = Sample.change(3, Sample.fraudCheck, Sample.fraudCheck, of: .connector)
    let callers = [(Sample.attributes, false), (Sample.signup, true)].map { ConnectorCaller($0, isCertain: $1) }
    let context = ChangeInContext(edit, rolledBackBy: [5, 6].map { Change.ID($0) }, calledBy: callers)
    let page = TimelinePage(
      [context],
      next: nil,
      query: "",
      form: FilterForm([:], problem: nil),
      isFiltered: true,
      isNewest: true,
      status: Sample.status()
    )

    #expect(
      page.render(in: Sample.frame).pageText.contains(
        "◆ This connector was called by postAttributeCollection of B2C_1_signup (uncertain), postFederationSignup of "
          + "B2C_1_signup . More about this connector This change was rolled back by change 5 , which was "
          + "rolled back by change 6 ."
      )
    )
  }

  @Test func aRowShowsTheKnownNameOfAConnectorThatTheChangeDoesNotName() {
    let denied = Change.Outcome(result: .denied, settledBy: .request)
    let change = Sample.change(3, .unknown, Sample.connector("3f1c7a52", nil), outcome: denied)
    let context = ChangeInContext(change, knownNames: Sample.fraudCheck.connectorID.map { [$0: "Fraud check"] } ?? [:])

    #expect(ChangeView(context).after.name == "Fraud check")
    #expect(ChangeView(change).after.name == "3f1c7a52")
  }

  /// The directory is not read before a denied change. Before a refused change, it is read, but can be unreadable.
  @Test(arguments: [(Change.Result.denied, "not read"), (.rejected, "unknown"), (.notApplied, "unknown")])
  func aRowTellsAnUnreadReferenceFromAnUnknownReference(result: Change.Result, name: String) {
    let outcome = Change.Outcome(result: result, settledBy: .request)
    let unknown = Sample.change(3, .unknown, Sample.fraudCheck, outcome: outcome)
    let known = Sample.change(3, .none, Sample.fraudCheck, outcome: outcome)

    #expect(ChangeView(unknown).before.name == name)
    #expect(ChangeView(known).before.name == "nothing")
  }

  @Test func changesAreGroupedByDay() {
    let page = timeline([
      Sample.change(3, .none, Sample.fraudCheck, at: "2026-11-24T00:00:00Z"),
      Sample.change(2, Sample.fraudCheck, .none, at: "2026-11-23T23:59:59.999999Z"),
      Sample.change(1, .none, Sample.fraudCheck, at: "2026-11-23T00:00:00Z"),
    ])

    #expect(page.days.map(\.day) == ["2026-11-24", "2026-11-23"])
    #expect(page.days.map { $0.changes.map(\.id) } == [["3"], ["2", "1"]])
  }

  @Test func onlyThePageWithTheNewestChangesChecksForNewChanges() {
    let changes = [Sample.change(7, .none, Sample.fraudCheck)]

    #expect(timeline(changes).newest == "7")
    #expect(timeline(changes, isNewest: false).newest == nil)
    #expect(timeline([], status: Sample.status(newestChange: 9)).newest == "9")
    #expect(timeline([]).newest == "0")
  }

  @Test(arguments: [(0, nil), (1, "1 change is pending"), (2, "2 changes are pending")] as [(Int, String?)])
  func theNumberOfPendingChangesIsShown(count: Int, text: String?) {
    #expect(timeline([], status: Sample.status(pending: count)).status.pending == text)
  }

  @Test func theVerificationTimeIsShownOnlyForMicrosoftGraph() {
    let verified = Sample.status(.graph, verified: "2026-11-23T09:00:00Z")

    #expect(timeline([], status: verified).status.verified?.clock == "09:00:00")
    #expect(timeline([], status: verified).status.isSwept)
    #expect(!timeline([]).status.isSwept)
  }

  @Test func theFilterFormContainsTheTypedValues() {
    let form = FilterForm(
      ["flow": "B2C_1_signup", "result": "applied", "since": "2026-11-23", "until": "2026-11-23 10:00:00"],
      problem: FormError("wrong")
    )

    #expect(form.flow == "B2C_1_signup")
    #expect(form.results.filter(\.isChosen).map(\.value) == ["applied"])
    #expect(form.kinds.filter(\.isChosen).isEmpty)
    #expect([form.since, form.until].map(\.value) == ["2026-11-23", "2026-11-23 10:00:00"])
    #expect(form.problem == "wrong")
    #expect(!form.isValid)
  }

  /// Each page with a form has the same kind of field for a time.
  @Test func aWrongTimeIsReportedAtItsField() {
    let error = FormError("'soon' is not a time.", in: "until")
    let timeline = TimelinePage(
      [],
      next: nil,
      query: "",
      form: FilterForm(["until": "soon"], problem: error),
      isFiltered: true,
      isNewest: false,
      status: Sample.status()
    )
    var flows = FlowsPage.Question()
    (flows.asOf, flows.problem) = ("soon", FormError("'soon' is not a time.", in: "asOf"))
    var differences = DifferencesPage.Question()
    (differences.compareWith, differences.problems) = ("soon", [FormError("'soon' is not a time.", in: "compareWith")])
    let freeze = FreezesPage.Form(["until": "soon"], problem: error)
    let pages = [
      ("until", timeline.render(in: Sample.frame)),
      ("until", ExportPage(FilterForm(["until": "soon"], problem: error)).render(in: Sample.frame)),
      (
        "asOf",
        FlowsPage(then: [], now: nil, pending: [:], question: flows, next: nil, canRollBack: false)
          .render(in: Sample.frame)
      ),
      ("compareWith", DifferencesPage(nil, shown: [], of: differences, next: nil).render(in: Sample.frame)),
      (
        "until",
        FreezesPage([], now: Timestamp(microseconds: 1), canFreeze: true, form: freeze).render(in: Sample.frame)
      ),
    ]

    for (name, html) in pages {
      let message = "<p class=\"problem\" id=\"\(name)-problem\" role=\"alert\">&#39;soon&#39; is not a time.</p>"
      #expect(html.contains("\(message)<input id=\"\(name)\" name=\"\(name)\" value=\"soon\""), "\(name)")
      #expect(html.contains("aria-describedby=\"\(name)-problem times\" aria-invalid=\"true\">"), "\(name)")
      #expect(html.ranges(of: "role=\"alert\"").count == 1, "\(name)")
      #expect(html.ranges(of: "id=\"times\"").count == 1, "\(name)")
      // Nothing was searched, so the page does not say that nothing matches.
      for text in ["class=\"empty\"", "class=\"download\"", "class=\"scroll\""] {
        #expect(!html.contains(text) || text == "class=\"empty\"" && html.contains("Nothing is frozen."), "\(name)")
      }
    }
    for index in [0, 2, 3] {
      #expect(pages[index].1.contains("Nothing is shown, because a value in the form is not valid."))
    }
    differences.problems.append(FormError("The time is missing.", in: "asOf"))
    let both = DifferencesPage(nil, shown: [], of: differences, next: nil).render(in: Sample.frame)
    #expect(both.ranges(of: "aria-invalid=\"true\"").count == 2)
  }
}
