import ReflogModel

/// The steps that certainly or possibly called a connector when a change of the connector was made.
struct ConnectorImpact: Sendable {
  /// The steps that are shown, up to the maximum number.
  let callers: [Caller]
  /// The number of steps that are left out, or nil if all steps are shown.
  let left: Int?
  /// True if at least one of the steps possibly did not call the connector.
  let hasUncertain: Bool
  /// The id of the connector.
  let connector: String

  /// A step that certainly or possibly called the connector.
  struct Caller: Sendable {
    let step: String
    let flow: String
    /// The flow's type and id, for example `b2cUserFlows/B2C_1_signup`.
    let name: String
    let isFirst: Bool
    /// True if the step possibly did not call the connector, because the earlier calls of the step are not recorded.
    let isUncertain: Bool
  }

  /// The maximum number of steps in a list of changes.
  static let mostInList = 2
  /// The maximum number of steps on the page of a change.
  static let mostOnPage = 100

  /// Creates the list of steps, or returns nil if the change is about a step or if no step called the connector.
  init?(_ context: ChangeInContext, most: Int) {
    let change = context.change
    guard let steps = context.calledBy, !steps.isEmpty,
      let connector = change.intent.before.connectorID ?? change.after.connectorID
    else { return nil }
    callers = steps.prefix(most).enumerated().map { index, caller in
      Caller(
        step: caller.address.step.name,
        flow: caller.address.flow.text,
        name: FlowName(of: caller.address).description,
        isFirst: index == 0,
        isUncertain: !caller.isCertain
      )
    }
    hasUncertain = steps.contains { !$0.isCertain }
    left = steps.count > most ? steps.count - most : nil
    self.connector = connector.text
  }
}
