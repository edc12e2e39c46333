import ReflogModel
import ReflogStorage

/// The tenant of an embedded directory.
enum EmbeddedTenant {
  static func id(_ db: Connection) throws -> String? { try db.text("SELECT tenant_id FROM tenant") }

  static func create(_ id: String, _ db: Connection) throws {
    try db.execute("INSERT INTO tenant (id, tenant_id) VALUES (1, ?)", [id])
  }
}

/// A small sample tenant with five user flows and five connectors.
///
/// The flows call four of the connectors.
enum SampleTenant {
  private static let connectors = [
    ("3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01", "Fraud check", "https://risk.contoso.example/v2/sign-up?code=sample"),
    ("8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602", "Fraud check (new vendor)", "https://edge.fabrikam.example/assess"),
    ("c05b2e9d-6f48-4a73-b1d2-0e8f7a3c9403", "Invitation codes", "https://api.contoso.example/invitations/check"),
    ("e7d83f16-94ab-4d5c-a2e0-16b7c8d9f504", "Loyalty enrolment", "https://loyalty.contoso.example/members"),
    ("1b92c4ef-70d3-4e86-95fb-d3a4b5c6e705", "Partner approval", "https://approvals.contoso.example/requests"),
  ]

  private static let flows: [(FlowType, String, String, String)] = [
    (.b2cUserFlows, "B2C_1_signup", "signUp", "3"),
    (.b2cUserFlows, "B2C_1_signup_signin", "signUpOrSignIn", "3"),
    (.b2cUserFlows, "B2C_1_profile_edit", "profileUpdate", "3"),
    (.b2cUserFlows, "B2C_1_password_reset", "passwordReset", "3"),
    (.b2xUserFlows, "B2X_1_partner_signup", "signUpOrSignIn", "1"),
  ]

  /// The references of the sample flows, each with an address and with the index of the connector in `connectors`.
  private static let references = [
    ("b2cUserFlows/B2C_1_signup/postFederationSignup", 0),
    ("b2cUserFlows/B2C_1_signup/postAttributeCollection", 2),
    ("b2cUserFlows/B2C_1_signup_signin/postAttributeCollection", 3),
    ("b2xUserFlows/B2X_1_partner_signup/postAttributeCollection", 4),
  ]

  static func fill(_ db: Connection) throws {
    let authentication: JSONValue = .object([
      "@odata.type": "#microsoft.graph.basicAuthentication", "username": "entra-sign-up", "password": "******",
    ])
    let ids = connectors.compactMap { ConnectorID($0.0) }
    for (id, connector) in zip(ids, connectors) {
      try EmbeddedConnectors.insert(
        EmbeddedConnector(
          row: 0,
          id: id,
          displayName: connector.1,
          targetURL: connector.2,
          authentication: authentication
        ),
        db
      )
    }
    for (flowType, text, userFlowType, version) in flows {
      guard let id = FlowID(text) else { continue }
      _ = try EmbeddedFlows.insert(
        EmbeddedFlow(
          row: 0,
          flowType: flowType,
          id: id,
          userFlowType: userFlowType,
          userFlowTypeVersion: version,
          isLanguageCustomizationEnabled: false
        ),
        db
      )
    }
    for (text, index) in references {
      guard let address = Address(text) else { continue }
      _ = try EmbeddedReferences.set(.connector(ids[index], displayName: nil), at: address, db)
    }
  }
}
