/// The kind of user flow, spelled as Microsoft Graph's path segment.
package enum FlowType: String, Sendable, CaseIterable {
  /// User flows of an Azure AD B2C tenant.
  case b2cUserFlows
  /// Self-service sign-up user flows of a workforce tenant.
  case b2xUserFlows

  /// Takes the segment in any case, since Graph does.
  package init?(segment: some StringProtocol) {
    let segment = String(segment)
    guard let match = Self.allCases.first(where: { $0.rawValue.isSame(as: segment) }) else { return nil }
    self = match
  }

  /// What Microsoft Graph puts before the name that the creator of a flow gives.
  package var idPrefix: String {
    switch self {
    case .b2cUserFlows: "B2C_1_"
    case .b2xUserFlows: "B2X_1_"
    }
  }
}
