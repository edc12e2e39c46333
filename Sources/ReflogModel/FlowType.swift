/// The type of a user flow.
///
/// The raw value is the type's segment in the paths of Microsoft Graph.
package enum FlowType: String, Sendable, CaseIterable {
  /// User flows of an Azure AD B2C tenant.
  case b2cUserFlows
  /// Self-service sign-up user flows of a workforce tenant.
  case b2xUserFlows

  /// Creates the type that has this path segment.
  ///
  /// Upper and lower case of ASCII letters count as equal, as in Microsoft Graph. Returns nil for any other segment.
  package init?(segment: some StringProtocol) {
    let segment = String(segment)
    guard let match = Self.allCases.first(where: { $0.rawValue.isSame(as: segment) }) else { return nil }
    self = match
  }

  /// The text that the id of each new flow begins with.
  ///
  /// Microsoft Graph creates the id from this prefix and the name of the new flow.
  package var idPrefix: String {
    switch self {
    case .b2cUserFlows: "B2C_1_"
    case .b2xUserFlows: "B2X_1_"
    }
  }
}
