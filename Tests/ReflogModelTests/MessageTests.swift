import ReflogModel
import Testing

/// Tests of the exact text of every message that a user can see about changes, rollbacks and the directory.
struct MessageTests {
  // MARK: The directory.

  @Test func aRefusedReadShowsTheDirectorysAnswer() {
    let refusal = DirectoryRefusal(httpStatus: 404, code: "Request_ResourceNotFound", message: "No such flow.")

    #expect(
      DirectoryFailure.refused(refusal).description
        == "The directory refused the read: 404 Request_ResourceNotFound: No such flow."
    )
  }

  @Test func aFailedReadShowsItsReason() {
    #expect(DirectoryFailure.unavailable(reason: "timeout").description == "The directory can't be read: timeout")
  }

  @Test func aDirectoryTokenIsNeverShown() {
    #expect("\(DirectoryToken("canary"))" == "a token")
  }

  // MARK: The life of a change.

  static let illegalTransitions: [(result: Change.Result?, event: Change.Event, message: String)] = [
    (.applied, .intended, "A change with the result applied can't be recorded as intended."),
    (.rejected, .denied, "A change with the result rejected can't be denied."),
    (.pending, .found, "A change with the result pending can't be found."),
    (.pending, .notKept(Change.ID(1)), "A change with the result pending can't be found."),
    (
      .notApplied,
      .answered(.applied(.noContent)),
      "A change with the result notApplied can't be answered by the directory."
    ),
    (nil, .observed(.after), "A change that is not recorded can't be settled by a read."),
    (
      nil,
      .stated(Change.Statement(result: .applied, reason: "seen in the portal", actor: .unknown)),
      "A change that is not recorded can't be settled by a statement."
    ),
  ]

  @Test(arguments: illegalTransitions.indices)
  func theMessageAboutAnIllegalTransitionContainsTheResultAndTheEvent(index: Int) throws {
    let (result, event, message) = Self.illegalTransitions[index]

    let error = try #require(throws: Change.IllegalTransition.self) { try Change.next(result, event) }

    #expect(error.description == message)
  }

  @Test(arguments: [
    (Change.Actor(type: .user, id: "1f2e", name: "Ada Byron"), "Ada Byron: seen in the portal"),
    (Change.Actor(type: .token, id: "0123456789abcdef"), "0123456789abcdef: seen in the portal"),
    (Change.Actor.unknown, "Unknown person: seen in the portal"),
  ])
  func theTextOfAStatedOutcomeContainsThePersonAndTheReason(actor: Change.Actor, message: String) throws {
    let statement = Change.Statement(result: .applied, reason: "seen in the portal", actor: actor)

    let outcome = try Change.outcome(of: .stated(statement), on: .pending, settledBy: .person)

    #expect(outcome?.message == message)
  }

  @Test func theTextOfADriftNamesTheChangeThatTheDriftUndoes() throws {
    let outcome = try Change.outcome(of: .notKept(Change.ID(17)), on: nil, settledBy: .reconciler)

    #expect(outcome?.code == "notKept")
    #expect(outcome?.message == "The step again has the reference from before change 17.")
  }

  @Test func theTextOfADeletionsEffectContainsTheDeletion() throws {
    let outcome = try Change.outcome(of: .connectorDeleted(Change.ID(17)), on: nil, settledBy: .reconciler)

    #expect(outcome?.code == "connectorDeleted")
    #expect(outcome?.message == "Change 17 deleted the connector, and the step calls nothing since then.")
  }

  @Test func anUnsentChangeShowsTheReason() throws {
    let event = Change.Event.answered(.notSent(reason: "The connection was refused."))

    let outcome = try Change.outcome(of: event, on: .pending, settledBy: .request)

    #expect(outcome?.code == "notSent")
    #expect(outcome?.message == "The connection was refused.")
  }

  // MARK: References and rollbacks.

  @Test func aReferenceShowsTheNameAndTheIDOfItsConnector() throws {
    let id = try #require(ConnectorID("3f1c"))

    #expect(ConnectorReference.connector(id, displayName: "Fraud check").description == "Fraud check (3f1c)")
    #expect(ConnectorReference.connector(id, displayName: nil).description == "3f1c")
    #expect(ConnectorReference.none.description == "nothing")
    #expect(ConnectorReference.unknown.description == "an unknown connector")
  }

  @Test(arguments: [
    (false, "postFederationSignup of B2C_1_signup will call Fraud check (3f1c); it now calls nothing"),
    (
      true,
      "postFederationSignup of B2C_1_signup will call Fraud check (3f1c); it now calls nothing, "
        + "which was set without Reflog"
    ),
  ])
  func theTextOfARollbackPlanContainsBothReferences(isDrifted: Bool, summary: String) throws {
    let plan = RollbackPlan(
      rollbackOf: Change.ID(5),
      address: try Self.address(),
      before: .none,
      after: try Self.fraudCheck(),
      supersededBy: [],
      newest: nil,
      isDrifted: isDrifted,
      connectorExists: true
    )

    #expect(plan.summary == summary)
  }

  private static func edit(
    _ id: Int64,
    _ properties: [Change.ChangedProperty],
    after: ConnectorReference? = nil
  ) throws -> Change {
    let moment = Timestamp(microseconds: 0)
    return Change(
      id: Change.ID(id),
      sequence: id,
      tenantID: "tenant",
      activityDateTime: moment,
      intent: Change.Intent(
        subject: .connector,
        kind: .update,
        before: try fraudCheck(),
        after: try after ?? fraudCheck(),
        changedProperties: properties,
        actor: .unknown,
        reason: nil,
        requestID: "request"
      ),
      outcome: Change.Outcome(result: .applied, settledBy: .request),
      resultDateTime: moment
    )
  }

  /// The sentence shows the first and the last value of each property.
  ///
  /// A property is left out if its last value is equal to its first value.
  @Test func editsOfAConnectorAreOneSentence() throws {
    func target(_ before: String, _ after: String) -> Change.ChangedProperty {
      Change.ChangedProperty(name: "targetUrl", before: before, after: after)
    }
    let secret = Change.ChangedProperty(name: "password", before: nil, after: nil)
    let rows: [([Change], String)] = [
      ([try Self.edit(7, [])], "was edited since (change 7)"),
      ([try Self.edit(7, [target("a", "b"), secret])], "was edited since (change 7): targetUrl a → b, password"),
      (
        [try Self.edit(7, [target("a", "b")]), try Self.edit(8, [target("b", "c")])],
        "was edited since (changes 7, 8): targetUrl a → c"
      ),
      (
        [try Self.edit(7, [target("a", "b")]), try Self.edit(8, [target("b", "a")])],
        "was edited since (changes 7, 8)"
      ),
      ([try Self.edit(7, [target("a?…", "a?…")])], "was edited since (change 7): targetUrl"),
      (
        [try Self.edit(7, [target("a?…", "b?…")]), try Self.edit(8, [target("b?…", "a?…")])],
        "was edited since (changes 7, 8): targetUrl"
      ),
      ([try Self.edit(7, [target("a?…", "b?…")])], "was edited since (change 7): targetUrl a?… → b?…"),
      (try (1...4).map { try Self.edit($0, []) }, "was edited since (changes …, 2, 3, 4)"),
      ([try Self.edit(7, []), try Self.edit(8, [], after: ConnectorReference.none)], "was deleted since (change 8)"),
    ]

    for (changes, text) in rows {
      let edits = try #require(ConnectorEdits(changes, limit: 100))
      #expect(edits.predicate == text)
      #expect(edits.name == "Fraud check")
    }
    #expect(ConnectorEdits([], limit: 100) == nil)
  }

  @Test func aRefusedRollbackOfAnEditNamesTheWayToRestoreTheValues() throws {
    let target = Change.ChangedProperty(name: "targetUrl", before: "https://a.example", after: "https://b.example")
    let secret = Change.ChangedProperty(name: "password", before: nil, after: nil)
    let reason = "it changed a connector, and the secrets of a connector can't be restored"
    let request = ". `reflog show 7` and the page of the change show how to restore the other values"
    let command =
      "it edited a connector. To restore the values before the edit, use `reflog restore 7` or the page of the change"
    for (properties, text) in [([target], command), ([target, secret], reason + request), ([secret], reason)] {
      let refusal = #expect(throws: RollbackRule.NotRollbackable.self) {
        _ = try RollbackRule.target(of: try Self.edit(7, properties))
      }
      #expect(refusal?.why == text)
    }
  }

  /// The oldest changes are missing, so the value before the first change is not known.
  @Test func editsWithMissingChangesShowNoValues() throws {
    let targets = [("b", "c"), ("c", "b")].map { before, after in
      Change.ChangedProperty(name: "targetUrl", before: before, after: after)
    }

    let changes = [try Self.edit(8, [targets[0]]), try Self.edit(9, [targets[1]])]
    let edits = try #require(ConnectorEdits(changes, limit: 2))

    #expect(edits.predicate == "was edited since (changes …, 8, 9): targetUrl")
  }

  @Test(arguments: [
    (
      true,
      "the reference of postFederationSignup of B2C_1_signup is the same, but Fraud check was edited since "
        + "(change 7)"
    ),
    (
      false,
      "postFederationSignup of B2C_1_signup will call Fraud check again, but Fraud check was edited since (change 7)"
    ),
  ])
  func aStepWithAnEditedConnectorIsNamed(isSameReference: Bool, summary: String) throws {
    let edits = try #require(ConnectorEdits([try Self.edit(7, [])], limit: 100))

    let step = EditedStep(address: try Self.address(), isSameReference: isSameReference, edits: edits)

    #expect(step.summary == summary)
  }

  @Test func anItemOfARollbackToATimeNamesBothReferences() throws {
    let item = TimeRollback.Item(address: try Self.address(), before: .none, after: try Self.fraudCheck())

    #expect(item.summary == "postFederationSignup of B2C_1_signup will call Fraud check (3f1c); it now calls nothing")
  }

  @Test func theTextShowsThatAnItemWithAnUnknownReferenceIsNotChanged() throws {
    let item = TimeRollback.Item(address: try Self.address(), before: try Self.fraudCheck(), after: .unknown)

    #expect(
      item.summary == "the earlier reference of postFederationSignup of B2C_1_signup is unknown, so the step is not "
        + "changed; it now calls Fraud check (3f1c)"
    )
  }

  private static func address() throws -> Address {
    try #require(Address("b2cUserFlows/B2C_1_signup/postFederationSignup"))
  }

  private static func fraudCheck() throws -> ConnectorReference {
    .connector(try #require(ConnectorID("3f1c")), displayName: "Fraud check")
  }
}
