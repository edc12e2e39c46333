import GRDB
import ReflogModel

/// A user flow of the embedded directory.
struct EmbeddedFlow {
  let row: Int64
  let flowType: FlowType
  let id: FlowID
  var userFlowType: String
  /// A JSON number, `1` or `3`.
  var userFlowTypeVersion: String
  var isLanguageCustomizationEnabled: Bool
  var defaultLanguageTag: String?

  /// The members of a `b2cIdentityUserFlow` or `b2xIdentityUserFlow`. What its steps call is never among them.
  var json: JSONObject {
    var json: JSONObject = [
      "id": .string(id.text), "userFlowType": .string(userFlowType),
      "userFlowTypeVersion": .number(userFlowTypeVersion),
    ]
    if flowType == .b2cUserFlows {
      json["isLanguageCustomizationEnabled"] = .bool(isLanguageCustomizationEnabled)
      json["defaultLanguageTag"] = .optional(defaultLanguageTag)
    }
    json["apiConnectorConfiguration"] = .object([:])
    return json
  }

  func response(httpStatus: Int) -> DirectoryResponse {
    DirectoryResponse(
      httpStatus: httpStatus,
      body: json,
      contextFragment: "identity/\(flowType.rawValue)/$entity"
    )
  }
}

/// The user flows of the embedded directory.
enum EmbeddedFlows {
  private static let columns = """
    id, flow_id, user_flow_type, user_flow_type_version, is_language_customization_enabled, default_language_tag
    """

  static func find(_ flowType: FlowType, _ id: FlowID, _ db: Database) throws -> EmbeddedFlow {
    let row = try Row.fetchOne(
      db,
      sql: "SELECT \(columns) FROM flow WHERE flow_type = :flowType AND flow_id = :id",
      arguments: ["flowType": flowType.rawValue, "id": id.text]
    )
    guard let flow = row.flatMap({ EmbeddedFlow(row: $0, flowType: flowType) }) else {
      throw DirectoryRefusal.notFound(id.text)
    }
    return flow
  }

  static func list(_ flowType: FlowType, _ db: Database) throws -> DirectoryResponse {
    let flows = try Row.fetchAll(
      db,
      sql: "SELECT \(columns) FROM flow WHERE flow_type = :flowType ORDER BY id",
      arguments: ["flowType": flowType.rawValue]
    ).compactMap { EmbeddedFlow(row: $0, flowType: flowType) }
    return DirectoryResponse(
      httpStatus: 200,
      body: ["value": .array(flows.map { .object($0.json) })],
      contextFragment: "identity/\(flowType.rawValue)"
    )
  }

  static func create(
    _ flowType: FlowType,
    _ id: FlowID,
    _ body: JSONObject,
    _ references: [Step: ConnectorID],
    _ db: Database
  ) throws -> DirectoryResponse {
    let taken = try Row.fetchOne(
      db,
      sql: "SELECT 1 FROM flow WHERE flow_type = :flowType AND flow_id = :id",
      arguments: ["flowType": flowType.rawValue, "id": id.text]
    )
    guard taken == nil else { throw DirectoryRefusal.conflict("A user flow with the id '\(id)' exists already.") }
    var flow = EmbeddedFlow(
      row: 0,
      flowType: flowType,
      id: id,
      userFlowType: "signUpOrSignIn",
      userFlowTypeVersion: "1",
      isLanguageCustomizationEnabled: false
    )
    try apply(body, to: &flow, isNew: true)
    let stored = try insert(flow, db)
    for (step, connector) in references {
      let address = Address(flowType: flowType, flow: id, step: step)
      _ = try EmbeddedReferences.set(.connector(connector, displayName: nil), at: address, db)
    }
    return stored.response(httpStatus: 201)
  }

  static func insert(_ flow: EmbeddedFlow, _ db: Database) throws -> EmbeddedFlow {
    try db.execute(
      sql: """
        INSERT INTO flow (
          flow_type, flow_id, user_flow_type, user_flow_type_version, is_language_customization_enabled,
          default_language_tag
        ) VALUES (:flowType, :id, :userFlowType, :version, :isCustomizable, :languageTag)
        """,
      arguments: [
        "flowType": flow.flowType.rawValue, "id": flow.id.text, "userFlowType": flow.userFlowType,
        "version": flow.userFlowTypeVersion, "isCustomizable": flow.isLanguageCustomizationEnabled,
        "languageTag": flow.defaultLanguageTag,
      ]
    )
    return try find(flow.flowType, flow.id, db)
  }

  static func update(_ flowType: FlowType, _ id: FlowID, _ body: JSONObject, _ db: Database) throws -> DirectoryResponse
  {
    var flow = try find(flowType, id, db)
    try apply(body, to: &flow, isNew: false)
    try db.execute(
      sql: """
        UPDATE flow
        SET is_language_customization_enabled = :isCustomizable, default_language_tag = :languageTag
        WHERE id = :row
        """,
      arguments: [
        "row": flow.row, "isCustomizable": flow.isLanguageCustomizationEnabled, "languageTag": flow.defaultLanguageTag,
      ]
    )
    return .noContent
  }

  static func delete(_ flowType: FlowType, _ id: FlowID, _ db: Database) throws -> DirectoryResponse {
    let flow = try find(flowType, id, db)
    try db.execute(sql: "DELETE FROM flow WHERE id = :row", arguments: ["row": flow.row])
    return .noContent
  }

  private static let userFlowTypes = [
    "signUp", "signIn", "signUpOrSignIn", "passwordReset", "profileUpdate", "resourceOwner",
  ]

  /// The versions that Microsoft documents.
  private static let userFlowTypeVersions = ["1", "1.0", "3", "3.0"]

  /// What a flow is can't be changed once it is made.
  private static func apply(_ body: JSONObject, to flow: inout EmbeddedFlow, isNew: Bool) throws {
    for member in body.members {
      switch (member.name, member.value) {
      case ("userFlowType", .string(let type)) where isNew && userFlowTypes.contains(type): flow.userFlowType = type
      case ("userFlowTypeVersion", .number(let version)) where isNew && userFlowTypeVersions.contains(version):
        flow.userFlowTypeVersion = version
      case ("isLanguageCustomizationEnabled", .bool(let isEnabled)): flow.isLanguageCustomizationEnabled = isEnabled
      case ("defaultLanguageTag", .string(let tag)): flow.defaultLanguageTag = tag
      case ("defaultLanguageTag", .null): flow.defaultLanguageTag = nil
      case ("id", _), ("@odata.type", _), ("@odata.context", _), ("identityProviders", _): break
      default: throw DirectoryRefusal.badRequest("The property '\(member.name)' is unknown or has an invalid value.")
      }
    }
  }
}

extension EmbeddedFlow {
  fileprivate init?(row: Row, flowType: FlowType) {
    guard let id = FlowID(row["flow_id"] as String) else { return nil }
    self.init(
      row: row["id"],
      flowType: flowType,
      id: id,
      userFlowType: row["user_flow_type"],
      userFlowTypeVersion: row["user_flow_type_version"],
      isLanguageCustomizationEnabled: row["is_language_customization_enabled"],
      defaultLanguageTag: row["default_language_tag"]
    )
  }
}
