import ReflogModel
import ReflogStorage

/// A user flow of the embedded directory.
struct EmbeddedFlow {
  let row: Int64
  let flowType: FlowType
  let id: FlowID
  var userFlowType: String
  /// The flow's version as the text of a JSON number, for example `1` or `3`.
  var userFlowTypeVersion: String
  var isLanguageCustomizationEnabled: Bool
  var defaultLanguageTag: String?

  /// The members of a `b2cIdentityUserFlow` or `b2xIdentityUserFlow`, without the references of the flow.
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

  /// Returns the members of the flow, together with the collections in `parts`.
  func json(with parts: [EmbeddedPart], _ db: Connection) throws -> JSONObject {
    var json = json
    for part in parts {
      json[part.rawValue] = .array(try EmbeddedParts.objects(part, of: row, db).map(JSONValue.object))
    }
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

/// Reads and writes the user flows of the embedded directory.
enum EmbeddedFlows {
  private static let columns = """
    id, flow_id, user_flow_type, user_flow_type_version, is_language_customization_enabled, default_language_tag
    """

  static func find(_ flowType: FlowType, _ id: FlowID, _ db: Connection) throws -> EmbeddedFlow {
    let flow = try db.first(
      "SELECT \(columns) FROM flow WHERE flow_type = ? AND flow_id = ?",
      [flowType.rawValue, id.text]
    ) { try EmbeddedFlow(row: $0, flowType: flowType) }
    guard let flow else { throw DirectoryRefusal.notFound(id.text) }
    return flow
  }

  /// Returns the row id of a flow, or throws a refusal if the flow does not exist.
  static func row(_ flowType: FlowType, _ id: FlowID, _ db: Connection) throws -> Int64 {
    guard let row = try existingRow(flowType, id, db) else { throw DirectoryRefusal.notFound(id.text) }
    return row
  }

  private static func existingRow(_ flowType: FlowType, _ id: FlowID, _ db: Connection) throws -> Int64? {
    try db.integer("SELECT id FROM flow WHERE flow_type = ? AND flow_id = ?", [flowType.rawValue, id.text])
  }

  static func all(_ flowType: FlowType, _ db: Connection) throws -> [EmbeddedFlow] {
    try db.rows("SELECT \(columns) FROM flow WHERE flow_type = ? ORDER BY id", [flowType.rawValue]) {
      try EmbeddedFlow(row: $0, flowType: flowType)
    }
  }

  static func list(_ flowType: FlowType, _ question: DirectoryRead, _ db: Connection) throws -> DirectoryResponse {
    let query = try EmbeddedQuery(question.query, of: .flow(flowType), for: .list)
    let parts = try query.expanded()
    let objects = try all(flowType, db).map { try $0.json(with: parts, db) }
    return try query.list(objects, at: "identity/\(flowType.rawValue)", question.version)
  }

  static func one(
    _ flowType: FlowType,
    _ id: FlowID,
    _ question: DirectoryRead,
    _ db: Connection
  ) throws -> DirectoryResponse {
    let query = try EmbeddedQuery(question.query, of: .flow(flowType), for: .object)
    let object = try find(flowType, id, db).json(with: try query.expanded(), db)
    return try query.object(object, at: "identity/\(flowType.rawValue)")
  }

  static func create(
    _ flowType: FlowType,
    _ id: FlowID,
    _ body: JSONObject,
    _ db: Connection
  ) throws -> DirectoryResponse {
    guard try existingRow(flowType, id, db) == nil else {
      throw DirectoryRefusal.conflict("A user flow with the id '\(id)' already exists.")
    }
    var flow = EmbeddedFlow(
      row: 0,
      flowType: flowType,
      id: id,
      userFlowType: "signUpOrSignIn",
      userFlowTypeVersion: "1",
      isLanguageCustomizationEnabled: false
    )
    try apply(body, to: &flow, isNew: true)
    return try insert(flow, db).response(httpStatus: 201)
  }

  static func insert(_ flow: EmbeddedFlow, _ db: Connection) throws -> EmbeddedFlow {
    try db.execute(
      """
      INSERT INTO flow (
        flow_type, flow_id, user_flow_type, user_flow_type_version, is_language_customization_enabled,
        default_language_tag
      ) VALUES (:flowType, :id, :userFlowType, :version, :isCustomizable, :languageTag)
      """,
      [
        "flowType": flow.flowType.rawValue, "id": flow.id.text, "userFlowType": flow.userFlowType,
        "version": flow.userFlowTypeVersion, "isCustomizable": flow.isLanguageCustomizationEnabled,
        "languageTag": flow.defaultLanguageTag,
      ]
    )
    let stored = try find(flow.flowType, flow.id, db)
    try EmbeddedParts.fill(stored.row, db)
    return stored
  }

  static func update(_ flowType: FlowType, _ id: FlowID, _ body: JSONObject, _ db: Connection) throws
    -> DirectoryResponse
  {
    var flow = try find(flowType, id, db)
    try apply(body, to: &flow, isNew: false)
    try db.execute(
      """
      UPDATE flow
      SET is_language_customization_enabled = :isCustomizable, default_language_tag = :languageTag
      WHERE id = :row
      """,
      [
        "row": flow.row, "isCustomizable": flow.isLanguageCustomizationEnabled, "languageTag": flow.defaultLanguageTag,
      ]
    )
    return .noContent
  }

  static func delete(_ flowType: FlowType, _ id: FlowID, _ db: Connection) throws -> DirectoryResponse {
    let flow = try find(flowType, id, db)
    try db.execute("DELETE FROM flow WHERE id = ?", [flow.row])
    return .noContent
  }

  private static let userFlowTypes = [
    "signUp", "signIn", "signUpOrSignIn", "passwordReset", "profileUpdate", "resourceOwner",
  ]

  /// The versions that Microsoft documents.
  private static let userFlowTypeVersions = ["1", "1.0", "3", "3.0"]

  /// Sets the properties of a flow to the values in a request body.
  ///
  /// The type and the version can be set only when the flow is created.
  private static func apply(_ body: JSONObject, to flow: inout EmbeddedFlow, isNew: Bool) throws {
    for member in body.members {
      switch (member.name, member.value) {
      // These two properties can't be changed. But if a caller sends back a flow that the caller read before, the body
      // contains these properties too. So the current values of these properties are accepted.
      case ("userFlowType", _) where !isNew && member.value == flow.json["userFlowType"]: break
      case ("userFlowTypeVersion", _) where !isNew && member.value == flow.json["userFlowTypeVersion"]: break
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
  /// Reads a row with the columns `EmbeddedFlows.columns`.
  fileprivate init(row: Row, flowType: FlowType) throws {
    guard let id = FlowID(try row.text(1)) else { throw row.unexpected(1) }
    self.init(
      row: try row.integer(0),
      flowType: flowType,
      id: id,
      userFlowType: try row.text(2),
      userFlowTypeVersion: try row.text(3),
      isLanguageCustomizationEnabled: try row.bool(4),
      defaultLanguageTag: try row.optionalText(5)
    )
  }
}
