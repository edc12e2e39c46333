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

    let some = Freezes([long, short]).covering([.step(Self.signup), .connector], at: Timestamp(microseconds: 5))
    let all = Freezes([open, long, short]).covering(.step(Self.signup), at: Timestamp(microseconds: 5))

    #expect(some.map(\.id) == [1, 2])
    #expect(some.endingLast?.id == 2)
    #expect(all.endingLast?.id == 3)
    #expect([Freeze]().endingLast == nil)
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
  }
}
