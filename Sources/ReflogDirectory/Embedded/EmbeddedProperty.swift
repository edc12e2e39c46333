import ReflogModel

/// A property of an object of the embedded directory, for `$filter`, `$orderby` and `$select`.
enum EmbeddedProperty: String, FilterField {
  case id, displayName, targetUrl, authenticationConfiguration
  case userFlowType, userFlowTypeVersion, isLanguageCustomizationEnabled, defaultLanguageTag, apiConnectorConfiguration
  case type, name, clientId, clientSecret, isEnabled, isOptional, requiresVerification, userInputType,
    userAttributeValues

  var kind: FilterKind {
    switch self {
    case .id: .name
    case .isLanguageCustomizationEnabled, .isEnabled, .isOptional, .requiresVerification: .flag
    case .userFlowTypeVersion: .number
    default: .text
    }
  }

  /// Returns the value of the property in an object.
  func value(in object: JSONObject) -> FilterValue {
    switch object[rawValue] {
    case .string(let text): .text(text)
    case .bool(let flag): .flag(flag)
    case .number(let text): Double(text).flatMap { Int64(exactly: $0) }.map(FilterValue.number) ?? .null
    case nil, .null, .array, .object: .null
    }
  }
}

/// A kind of object in the embedded directory: its name in Microsoft Graph, and its properties.
struct EmbeddedType {
  let name: String
  let properties: [EmbeddedProperty]
  /// The collections that `$expand` can add to an object.
  var expandable: [EmbeddedPart] = []

  static let connector = EmbeddedType(
    name: "identityApiConnector",
    properties: [.id, .displayName, .targetUrl, .authenticationConfiguration]
  )

  /// A flow's `apiConnectorConfiguration`.
  ///
  /// For this type, `$expand` names steps instead of collections, so `expandable` is empty.
  static let configuration = EmbeddedType(name: "userFlowApiConnectorConfiguration", properties: [])

  static func flow(_ flowType: FlowType) -> EmbeddedType {
    let own: [EmbeddedProperty] =
      flowType == .b2cUserFlows ? [.isLanguageCustomizationEnabled, .defaultLanguageTag] : []
    return EmbeddedType(
      name: flowType == .b2cUserFlows ? "b2cIdentityUserFlow" : "b2xIdentityUserFlow",
      properties: [.id, .userFlowType, .userFlowTypeVersion] + own + [.apiConnectorConfiguration],
      expandable: EmbeddedPart.allCases
    )
  }

  static func part(_ part: EmbeddedPart) -> EmbeddedType {
    switch part {
    case .identityProviders, .userFlowIdentityProviders:
      EmbeddedType(name: "identityProvider", properties: [.id, .type, .name, .displayName, .clientId, .clientSecret])
    case .languages:
      EmbeddedType(name: "userFlowLanguageConfiguration", properties: [.id, .displayName, .isEnabled])
    case .userAttributeAssignments:
      EmbeddedType(
        name: "identityUserFlowAttributeAssignment",
        properties: [.id, .displayName, .isOptional, .requiresVerification, .userInputType, .userAttributeValues]
      )
    }
  }

  /// Returns the property with this name, or throws a refusal if objects of this type do not have the property.
  func property(_ name: some StringProtocol) throws(DirectoryRefusal) -> EmbeddedProperty {
    guard let property = EmbeddedProperty(rawValue: String(name)), properties.contains(property) else {
      throw .badRequest(
        "Could not find a property named '\(String(name).printable)' on type 'microsoft.graph.\(self.name)'."
      )
    }
    return property
  }
}
