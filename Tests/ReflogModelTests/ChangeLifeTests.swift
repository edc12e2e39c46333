import ReflogModel
import Testing

struct ChangeLifeTests {
  private static let refusal = DirectoryRefusal(httpStatus: 404, code: "x", message: "y")

  private static func statement(_ result: Change.StatedResult) -> Change.Statement {
    Change.Statement(result: result, reason: "", actor: .unknown)
  }

  /// All events. The table of transitions identifies an event by its name.
  private static let events: [(name: String, event: Change.Event)] = [
    ("intended", .intended), ("denied", .denied), ("found", .found),
    ("notKept", .notKept(Change.ID(1))), ("connectorDeleted", .connectorDeleted(Change.ID(1))),
    ("applied", .answered(.applied(.noContent))), ("refused", .answered(.refused(refusal))),
    ("notSent", .answered(.notSent(reason: ""))), ("unknown", .answered(.unknown(httpStatus: nil, reason: ""))),
    ("after", .observed(.after)), ("before", .observed(.before)), ("third", .observed(.third)),
    ("unreadable", .observed(.unreadable)), ("statedApplied", .stated(statement(.applied))),
    ("statedNotApplied", .stated(statement(.notApplied))),
  ]

  /// The legal transitions: the next result for each pair of a current result and an event.
  ///
  /// All other transitions are illegal.
  private static let transitions: [Change.Result?: [String: Change.Result]] = [
    nil: [
      "intended": .pending, "denied": .denied, "found": .applied, "notKept": .applied, "connectorDeleted": .applied,
      "refused": .rejected,
    ],
    .pending: [
      "applied": .applied, "refused": .rejected, "notSent": .notApplied, "unknown": .pending, "after": .applied,
      "before": .notApplied, "third": .superseded, "unreadable": .unknown, "statedApplied": .applied,
      "statedNotApplied": .notApplied,
    ],
  ]

  @Test(arguments: [nil] + Change.Result.allCases.map(Optional.some))
  func onlyTheListedTransitionsAreLegal(result: Change.Result?) {
    for (name, event) in Self.events {
      let next = try? Change.next(result, event)
      #expect(next == Self.transitions[result]?[name], "\(name)")
    }
  }

  @Test func anOutcomeContainsTheDirectorysAnswer() throws {
    let outcome = try #require(
      try Change.outcome(of: .answered(.refused(Self.refusal)), on: .pending, settledBy: .request)
    )
    #expect(outcome.result == .rejected)
    #expect(outcome.httpStatus == 404)
    #expect(outcome.code == "x")
    #expect(outcome.message == "y")
  }

  @Test func aPendingChangeHasNoOutcome() throws {
    let event = Change.Event.answered(.unknown(httpStatus: 504, reason: "timeout"))
    #expect(try Change.outcome(of: event, on: .pending, settledBy: .request) == nil)
  }
}
