import ReflogModel
import ReflogService
import ReflogTesting

extension ServiceMessageTests {
  private static let freeze = Freeze(
    id: 5,
    scope: .everything,
    reason: "INC0042",
    actor: Change.Actor(type: .user, id: "oid", name: "Adele"),
    placed: Timestamp(microseconds: 1),
    from: Timestamp(microseconds: 1),
    until: Timestamp(microseconds: 9)
  )

  private static let released = Freeze(
    id: 6,
    scope: .everything,
    reason: "INC0042",
    actor: .unknown,
    placed: Timestamp(microseconds: 1),
    from: Timestamp(microseconds: 1),
    until: nil,
    released: Timestamp(microseconds: 7)
  )

  /// The errors about freezes, and the error for an admin, who may place no freeze.
  static let freezeMessages: [(ServiceError, String)] = [
    (
      .forbidden([], isAdmin: true),
      """
      Your role admin does not allow this. Changes, rollbacks and freezes need the role operator. Create a token with \
      that role: reflog token create --role operator --name NAME.
      """
    ),
    (
      .frozen([], CoveringFreeze(freeze)),
      """
      Adele froze all until 1970-01-01T00:00:00.000009Z, with the reason: INC0042 (freeze 5). Nothing was changed. Wait \
      until the freeze is over, or ask an operator to release it or to override it with Reflog-Override or --override.
      """
    ),
    (
      .frozen([], CoveringFreeze(freeze, caller: Sample.signup)),
      """
      b2cUserFlows/B2C_1_signup/postFederationSignup calls this connector and is frozen until \
      1970-01-01T00:00:00.000009Z. Adele froze all, with the reason: INC0042 (freeze 5). Nothing was changed. Wait until \
      the freeze is over, or ask an operator to release it or to override it with Reflog-Override or --override.
      """
    ),
    (
      .tooManyFreezes,
      "There are already 1000 freezes, so no freeze was placed. Release freezes that are not needed."
    ),
    (.freezeNotFound(5), "There is no freeze 5. List the freezes to see their ids."),
    (
      .freezeIsOver(freeze),
      "Freeze 5 is already over, so there is nothing to release. It ended at 1970-01-01T00:00:00.000009Z."
    ),
    (
      .freezeIsOver(released),
      "Freeze 6 is already over, so there is nothing to release. It was released at 1970-01-01T00:00:00.000007Z."
    ),
    (
      .freezeIsEmpty,
      "The freeze would end before it begins. Choose an end that is later than the start and than now."
    ),
  ]
}
