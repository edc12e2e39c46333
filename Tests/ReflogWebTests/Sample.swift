import ReflogModel
import ReflogWeb

/// Values that the tests of pages share.
///
/// All values come from valid literals. An invalid literal stops the test process with a message.
enum Sample {
  static let signup = address("b2cUserFlows/B2C_1_signup/postFederationSignup")
  static let attributes = address("b2cUserFlows/B2C_1_signup/postAttributeCollection")
  static let fraudCheck = connector("3f1c7a52", "Fraud check")
  static let newVendor = connector("8a64d9b0", "New vendor")
  static let adele = Change.Actor(type: .user, id: "oid-1", name: "Adele", ipAddress: "192.0.2.7", proof: .entra)
  static let applied = Change.Outcome(result: .applied, httpStatus: 204, settledBy: .request)

  /// A page frame for a viewer who is signed in.
  static let frame = PageFrame(
    directory: .embedded,
    viewer: PageFrame.Viewer(name: "Adele", role: "operator", csrf: "csrf-1")
  )

  /// The text below the fields for times.
  static let timeForms = """
    A time is 2026-11-23, 2026-11-23 14:00, today, yesterday, or an age such as 30m, 2h or 7d. For another time zone, \
    add Z or an offset such as +01:00.
    """

  static func address(_ text: String) -> Address {
    guard let address = Address(text) else { preconditionFailure("\(text) is not an address") }
    return address
  }

  static func connector(_ text: String, _ displayName: String?) -> ConnectorReference {
    guard let id = ConnectorID(text) else { preconditionFailure("\(text) is not an id") }
    return .connector(id, displayName: displayName)
  }

  static func time(_ text: String) -> Timestamp {
    guard let time = Timestamp(parsing: text) else { preconditionFailure("\(text) is not a time") }
    return time
  }

  /// Returns a change that was settled one second after it was recorded, or a pending change if `outcome` is nil.
  static func change(
    _ id: Int64,
    _ before: ConnectorReference,
    _ after: ConnectorReference,
    at text: String = "2026-11-23T09:15:02Z",
    of subject: Change.Subject = .step(signup),
    kind: Change.Kind = .update,
    by actor: Change.Actor = adele,
    reason: String? = nil,
    properties: [Change.ChangedProperty]? = nil,
    rollbackOf: Int64? = nil,
    erased: Erased? = nil,
    override: FreezeOverride? = nil,
    outcome: Change.Outcome? = applied
  ) -> Change {
    let recorded = time(text)
    return Change(
      id: Change.ID(id),
      sequence: 2 * id,
      tenantID: "tenant-1",
      activityDateTime: recorded,
      intent: Change.Intent(
        subject: subject,
        kind: kind,
        before: before,
        after: after,
        changedProperties: properties,
        actor: actor,
        reason: reason,
        requestID: "request-1",
        rollbackOf: rollbackOf.map { Change.ID($0) }
      ),
      outcome: outcome,
      resultDateTime: outcome.map { _ in Timestamp(microseconds: recorded.microseconds + 1_000_000) },
      erased: erased,
      override: override
    )
  }

  static func status(
    _ directory: DirectoryKind = .embedded,
    newestChange: Int64? = nil,
    pending: Int = 0,
    verified: String? = nil
  ) -> LedgerStatus {
    LedgerStatus(
      directory: directory,
      verifierKey: nil,
      tenantID: "tenant-1",
      newestChange: newestChange.map { Change.ID($0) },
      newestSequence: nil,
      newestChangeSequence: nil,
      pendingChanges: pending,
      oldestPending: nil,
      verified: verified.map { time($0) }
    )
  }
}
