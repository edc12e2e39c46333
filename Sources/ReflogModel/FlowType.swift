/// The type of a user flow, spelled as Microsoft Graph's path segment.
package enum FlowType: String, Sendable, CaseIterable {
  /// User flows of an Azure AD B2C tenant.
  case b2cUserFlows
  /// Self-service sign-up user flows of a workforce tenant.
  case b2xUserFlows

  /// Creates the type with this path segment, in any ASCII case, as Graph does.
  ///
  /// Returns nil for any other segment.
  package init?(segment: some StringProtocol) {
    let segment = String(segment)
    guard let match = Self.allCases.first(where: { $0.rawValue.isSame(as: segment) }) else { return nil }
    self = match
  }

  /// The prefix that Microsoft Graph adds to the name of a new flow to make its id.
  package var idPrefix: String {
    switch self {
    case .b2cUserFlows: "B2C_1_"
    case .b2xUserFlows: "B2X_1_"
    }
  }
}
