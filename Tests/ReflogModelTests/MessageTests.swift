import ReflogModel
import Testing

/// Tests of the exact text of every message about changes, rollbacks and the directory that a user can see.
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

  @Test func theTextOfADriftContainsTheChangeThatItUndoes() throws {
    let outcome = try Change.outcome(of: .notKept(Change.ID(17)), on: nil, settledBy: .reconciler)

    #expect(outcome?.code == "notKept")
    #expect(outcome?.message == "The reference that the address held before change 17 is set again.")
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

  @Test func theTextOfAnItemContainsBothReferences() throws {
    let item = TimeRollback.Item(address: try Self.address(), before: .none, after: try Self.fraudCheck())

    #expect(item.summary == "postFederationSignup of B2C_1_signup will call Fraud check (3f1c); it now calls nothing")
  }

  @Test func theTextShowsThatAnItemWithAnUnknownReferenceIsNotChanged() throws {
    let item = TimeRollback.Item(address: try Self.address(), before: try Self.fraudCheck(), after: .unknown)

    #expect(
      item.summary == "the earlier reference of postFederationSignup of B2C_1_signup is unknown, so it is not changed; "
        + "it now calls Fraud check (3f1c)"
    )
  }

  private static func address() throws -> Address {
    try #require(Address("b2cUserFlows/B2C_1_signup/postFederationSignup"))
  }

  private static func fraudCheck() throws -> ConnectorReference {
    .connector(try #require(ConnectorID("3f1c")), displayName: "Fraud check")
  }
}
