import ReflogModel
import Testing

/// Tests of which changes a freeze covers, and when.
struct FreezesTests {
  private static let signup = address("b2cUserFlows/B2C_1_signup/postFederationSignup")
  private static let attributes = address("b2cUserFlows/b2c_1_SIGNUP/postAttributeCollection")
  private static let other = address("b2xUserFlows/B2C_1_signup/postFederationSignup")

  private static func address(_ text: String) -> Address {
    guard let address = Address(text) else { preconditionFailure("\(text) is no address") }
    return address
  }

  private static func freeze(
    _ id: Int64,
    _ scope: FreezeScope,
    from: Int64 = 0,
    until: Int64? = nil,
    released: Int64? = nil
  ) -> Freeze {
    Freeze(
      id: id,
      scope: scope,
      reason: "INC0042",
      actor: Change.Actor(type: .user, id: "oid", name: "Adele"),
      placed: Timestamp(microseconds: 0),
      from: Timestamp(microseconds: from),
      until: until.map { Timestamp(microseconds: $0) },
      released: released.map { Timestamp(microseconds: $0) }
    )
  }

  @Test(
    arguments: [
      (FreezeScope.everything, [true, true, true, true]),
      (.flow(FlowName(of: signup)), [true, true, false, false]),
      (.address(signup), [true, false, false, false]),
      (.address(attributes), [false, true, false, false]),
      (.address(other), [false, false, true, false]),
    ]
  )
  func aFreezeCoversItsScope(scope: FreezeScope, covered: [Bool]) {
    let freezes = Freezes([Self.freeze(1, scope)])
    let subjects: [Change.Subject] = [.step(Self.signup), .step(Self.attributes), .step(Self.other), .connector]

    let found = subjects.map { !freezes.covering($0, at: Timestamp(microseconds: 1)).isEmpty }

    #expect(found == covered)
    #expect(subjects.map(scope.contains) == covered)
  }

  @Test(
    arguments: [
      (9, .planned), (10, .inForce), (19, .inForce), (20, .ended), (21, .ended),
    ] as [(Int64, Freeze.State)]
  )
  func aFreezeIsInForceFromItsStartUntilItsEnd(time: Int64, state: Freeze.State) {
    let freeze = Self.freeze(1, .everything, from: 10, until: 20)
    let moment = Timestamp(microseconds: time)

    #expect(freeze.state(at: moment) == state)
    #expect(Freezes([freeze]).covering(.connector, at: moment).isEmpty == (state != .inForce))
    #expect(Freezes([freeze]).count(at: moment) == (state == .inForce ? 1 : 0))
    #expect(Self.freeze(1, .everything, released: 5).state(at: moment) == .released)
  }

  @Test func theFreezeThatEndsLastIsShown() {
    let short = Self.freeze(1, .everything, until: 20)
    let long = Self.freeze(2, .flow(FlowName(of: Self.signup)), until: 30)
    let open = Self.freeze(3, .address(Self.signup))

    let parts = [ChangedPart.subject(.step(Self.signup)), .subject(.connector)]
    let some = Freezes([long, short]).covering(parts, at: Timestamp(microseconds: 5)) { _, _ in [] }
    let all = Freezes([open, long, short]).covering(.step(Self.signup), at: Timestamp(microseconds: 5))

    #expect(some.map(\.freeze.id) == [1, 2])
    #expect(some.endingLast?.freeze.id == 2)
    #expect(all.endingLast?.id == 3)
    #expect([Freeze]().endingLast == nil)
  }

  /// A flow that is deleted also contains steps for which the ledger has no change.
  @Test(
    arguments: [
      (FreezeScope.everything, true), (.flow(FlowName(of: signup)), true), (.address(attributes), true),
      (.address(other), false), (.flow(FlowName(of: other)), false),
    ]
  )
  func aFreezeOfAnyStepCoversTheDeletionOfTheFlow(scope: FreezeScope, isCovered: Bool) {
    let freezes = Freezes([Self.freeze(1, scope, until: 10)])
    let parts = [ChangedPart.flow(FlowName(of: Self.signup))]

    #expect(freezes.covering(parts, at: Timestamp(microseconds: 5)) { _, _ in [] }.isEmpty != isCovered)
    #expect(freezes.covering(parts, at: Timestamp(microseconds: 10)) { _, _ in [] }.isEmpty)
  }

  /// The result contains each freeze once. If a freeze covers only the steps that call the connector, `caller` is the
  /// first of these steps.
  @Test func theFreezeOfAConnectorItselfIsPreferredToTheFreezeOfItsCallers() throws {
    let connector = try #require(ConnectorID("vendor"))
    let freezes = Freezes([Self.freeze(1, .everything), Self.freeze(2, .flow(FlowName(of: Self.signup)))])

    for parts in [
      [ChangedPart.subject(.connector), .callers(of: connector)], [.callers(of: connector), .subject(.connector)],
    ] {
      let found = freezes.covering(parts, at: Timestamp(microseconds: 5)) { _, _ in [Self.signup, Self.attributes] }
      #expect(found.map(\.freeze.id) == [1, 2])
      #expect(found.map(\.caller) == [nil, [Self.signup, Self.attributes].min()])
    }
  }

  @Test func aFreezeOfAStepCoversTheDeletionOfTheConnectorThatItCalls() throws {
    let connector = try #require(ConnectorID("vendor"))
    let freezes = Freezes([
      Self.freeze(1, .address(Self.signup)), Self.freeze(2, .flow(FlowName(of: Self.other))),
      Self.freeze(3, .address(Self.attributes), until: 4), Self.freeze(4, .everything, from: 9),
    ])

    let found = freezes.covering([.callers(of: connector)], at: Timestamp(microseconds: 5)) { id, flows in
      #expect(id == connector)
      #expect(flows == [FlowName(of: Self.signup), FlowName(of: Self.other)])
      return [Self.signup, Self.attributes]
    }

    #expect(found.map(\.freeze.id) == [1])
    #expect(found.map(\.caller) == [Self.signup])
    let ofEverything = Freezes([Self.freeze(1, .everything)])
    let none = ofEverything.covering([.callers(of: connector)], at: Timestamp(microseconds: 5)) { _, _ in
      Issue.record("The callers were read, although no freeze needs them.")
      return []
    }
    #expect(none.isEmpty)
  }

  /// The drift was found at 20. The last read that showed the earlier reference was at 10.
  @Test(
    arguments: [
      (freeze(1, .everything, from: 5), true), (freeze(1, .everything, from: 10, until: 21), true),
      (freeze(1, .everything, from: 11), false), (freeze(1, .everything, from: 20), false),
      (freeze(1, .everything, from: 5, until: 15), false), (freeze(1, .everything, from: 5, released: 15), false),
      (freeze(1, .everything, from: 12, until: 15), false), (freeze(1, .everything, from: 5, released: 21), true),
      (freeze(1, .everything, from: 21), nil), (freeze(1, .everything, from: 5, until: 10), nil),
      (freeze(1, .everything, from: 5, until: 30, released: 10), nil), (freeze(1, .address(other), from: 5), nil),
      (freeze(1, .everything, from: 15, released: 12), nil),
    ] as [(Freeze, Bool?)]
  )
  func aDriftIsComparedWithTheFreezesOfTheWholeTimeInWhichItWasMade(freeze: Freeze, isCertain: Bool?) {
    for freezes in [Freezes([freeze]), Freezes(past: [freeze])] {
      #expect(freezes.despite(Self.drift(lastRead: 10, found: 20), window: .zero)?.isCertain == isCertain)
    }
  }

  @Test func aDriftWithoutAnEarlierReadIsComparedWithTheFreezesAtItsDiscovery() {
    let (drift, window) = (Self.drift(lastRead: nil, found: 20), Duration.microseconds(5))

    #expect(Freezes([Self.freeze(1, .everything, until: 21)]).despite(drift, window: window)?.isCertain == false)
    #expect(Freezes([Self.freeze(1, .everything, until: 20)]).despite(drift, window: window) == nil)
  }

  /// The drift was found at 20. The last read that showed the earlier reference was at 10, and may have been stale.
  @Test(
    arguments: [
      (freeze(1, .everything, from: 5), true), (freeze(1, .everything, from: 6), false),
      (freeze(1, .everything, from: 0, until: 6), false), (freeze(1, .everything, from: 0, until: 5), nil),
    ] as [(Freeze, Bool?)]
  )
  func theTimeInWhichADriftWasMadeBeginsOneSettleWindowEarlier(freeze: Freeze, isCertain: Bool?) {
    let found = Freezes([freeze]).despite(Self.drift(lastRead: 10, found: 20), window: .microseconds(5))

    #expect(found?.isCertain == isCertain)
  }

  /// The freeze was in force from 5. The drift was found at 20, and the last read before the drift was at 10.
  @Test(
    arguments: [
      ([signup], [], true), ([], [signup], false), ([attributes], [signup], false), ([other], [attributes], nil),
      ([], [], nil), ([signup], [signup], true),
    ] as [([Address], [Address], Bool?)]
  )
  func aDriftOfAConnectorIsComparedWithTheFreezesOfItsCallers(
    always: [Address],
    sometimes: [Address],
    isCertain: Bool?
  ) {
    let callers = Freeze.Drift.Callers(always: Set(always), sometimes: Set(sometimes))
    let drift = Self.drift(of: .connector, lastRead: 10, found: 20)
    let freezes = Freezes([Self.freeze(1, .address(Self.signup), from: 5)])

    #expect(freezes.despite(drift, window: .zero, callers: callers)?.isCertain == isCertain)
    #expect(freezes.despite(drift, window: .zero) == nil)
    #expect(freezes.flows == [FlowName(of: Self.signup)])
  }

  @Test func aFreezeThatCertainlyCoversADriftIsPreferred() {
    let freezes = Freezes([Self.freeze(1, .everything, until: 25), Self.freeze(2, .everything, from: 15)])

    #expect(freezes.despite(Self.drift(lastRead: 10, found: 20), window: .zero)?.freeze.id == 1)
  }

  @Test func onlyTheNewestFreezesThatAreOverAreKept() {
    let long = [Self.freeze(1, .everything, until: 6), Self.freeze(2, .everything, until: 6, released: 4)]
    let over = (3...150).map { Self.freeze($0, .everything, until: 5) }
    let freezes = Freezes(long + over + [Self.freeze(151, .everything)], at: Timestamp(microseconds: 6))

    #expect(freezes.past.map(\.id) == Array(52...150) + [1])
    #expect(freezes.all.map(\.id) == [151])
  }

  private static func drift(of subject: Change.Subject = .step(signup), lastRead: Int64?, found: Int64) -> Change {
    Change(
      id: Change.ID(1),
      sequence: 0,
      tenantID: "tenant",
      activityDateTime: Timestamp(microseconds: found),
      intent: Change.Intent(
        subject: subject,
        kind: .drift,
        before: .none,
        after: .unknown,
        actor: .unknown,
        requestID: "request",
        lastVerifiedDateTime: lastRead.map { Timestamp(microseconds: $0) }
      ),
      outcome: nil,
      resultDateTime: nil
    )
  }

  @Test(
    arguments: [
      "all", "b2cUserFlows/B2C_1_signup", "b2cUserFlows/B2C_1_signup/postFederationSignup",
    ]
  )
  func aScopeIsReadFromItsText(text: String) {
    #expect(FreezeScope(text)?.description == text)
  }

  @Test(arguments: ["", "ALL", "b2cUserFlows", "x/y", "b2cUserFlows/B2C_1_signup/1", "a/b/c/d"])
  func otherTextsAreNoScope(text: String) {
    #expect(FreezeScope(text) == nil)
  }

  @Test(arguments: [("17", 17), ("0", nil), ("-1", nil), ("017", nil), ("x", nil), ("", nil)] as [(String, Int64?)])
  func anIDIsAPositiveNumber(text: String, id: Int64?) {
    #expect(Freeze.id(text) == id)
  }

  @Test func theSummaryNamesWhoWhyAndUntilWhen() {
    #expect(
      Self.freeze(7, .address(Self.signup), until: 20).summary == """
        Adele froze b2cUserFlows/B2C_1_signup/postFederationSignup until 1970-01-01T00:00:00.000020Z, with the reason: \
        INC0042 (freeze 7)
        """
    )
    #expect(
      Self.freeze(8, .everything).summary
        == "Adele froze all until a person releases it, with the reason: INC0042 (freeze 8)"
    )
    let flow = Self.freeze(9, .flow(FlowName(of: Self.signup)), until: 20)
    #expect(CoveringFreeze(flow).summary == flow.summary)
    #expect(
      CoveringFreeze(flow, caller: Self.signup).summary == """
        b2cUserFlows/B2C_1_signup/postFederationSignup calls this connector and is frozen until \
        1970-01-01T00:00:00.000020Z. Adele froze b2cUserFlows/B2C_1_signup, with the reason: INC0042 (freeze 9)
        """
    )
  }
}
