import Hummingbird
import ReflogModel
import ReflogService

/// The form fields that concern freezes.
///
/// The form of a rollback has these fields, and so has the form that restores the values of a connector.
struct RollbackForm {
  /// The reason for the override of a freeze, or nil if the person entered no reason.
  let override: String?
  /// Whether the person wants to freeze steps after the change.
  ///
  /// After a rollback, only the step of the change is then frozen. After a restoration of a connector's values, all
  /// steps that call the connector are then frozen.
  let isFreezing: Bool
  /// The duration, in hours, of the freeze, or nil if the freeze lasts until a person releases the freeze.
  private let hours: Int64?

  /// The maximum duration, in hours, of a freeze that the form offers.
  private static let maximumHours: Int64 = 168

  init(_ form: [String: String]) throws(RequestError) {
    override = try form["override"].flatMap(Request.checkedOverride)
    isFreezing = form["freeze"] == "true"
    switch form["hours"] {
    case nil, "": hours = nil
    case .some(let text):
      guard let hours = Int64(text), (1...Self.maximumHours).contains(hours) else {
        throw .badRequest("The form does not offer this duration for a freeze. Load the page again.", target: "hours")
      }
      self.hours = hours
    }
  }

  /// Returns the freeze to place after the rollback of a change.
  ///
  /// The reason for the rollback is not used as the reason of the freeze, because it can be longer than the reason of a
  /// freeze may be.
  func freeze(of address: Address, after rollback: Change, now: Timestamp) -> Freeze.Draft {
    let undone = rollback.intent.rollbackOf.map { " of change \($0)" } ?? ""
    return Freeze.Draft(
      scope: .address(address),
      reason: "After the rollback\(undone)",
      until: hours.map { now.before(.seconds(-3600 * $0)) }
    )
  }

  /// Returns the freeze to place on a step that calls a connector, after the values of the connector were restored.
  func freeze(of address: Address, afterRestoring edit: Change.ID, now: Timestamp) -> Freeze.Draft {
    Freeze.Draft(
      scope: .address(address),
      reason: "After the values before change \(edit) were restored",
      until: hours.map { now.before(.seconds(-3600 * $0)) }
    )
  }
}
