import Foundation
import ReflogModel
import ReflogStorage

/// A connector of the embedded directory.
struct EmbeddedConnector {
  let row: Int64
  let id: ConnectorID
  var displayName: String
  var targetURL: String
  /// The authentication in the form that a read returns, without the secrets.
  var authentication: JSONValue

  var summary: DirectoryConnector {
    DirectoryConnector(
      id: id,
      displayName: displayName,
      targetURL: targetURL,
      authentication: DirectoryConnector.authentication(authentication.object)
    )
  }

  /// The connector in the form of an `identityApiConnector`.
  var json: JSONObject {
    [
      "id": .string(id.text), "displayName": .string(displayName), "targetUrl": .string(targetURL),
      "authenticationConfiguration": authentication,
    ]
  }

  func response(httpStatus: Int) -> DirectoryResponse {
    DirectoryResponse(
      httpStatus: httpStatus,
      body: json,
      contextFragment: "identity/apiConnectors/$entity",
      created: httpStatus == 201 ? summary : nil
    )
  }
}

/// Reads and writes the connectors of the embedded directory.
enum EmbeddedConnectors {
  private static let columns = "id, connector_id, display_name, target_url, authentication"

  static func find(_ id: ConnectorID, _ db: Connection) throws -> EmbeddedConnector? {
    try db.first(
      "SELECT \(columns) FROM connector WHERE connector_id = ?",
      [id.text],
      EmbeddedConnector.init(row:)
    )
  }

  static func require(_ id: ConnectorID, _ db: Connection) throws -> EmbeddedConnector {
    guard let connector = try find(id, db) else { throw DirectoryRefusal.notFound(id.text) }
    return connector
  }

  static func all(_ db: Connection) throws -> [JSONObject] {
    try db.rows("SELECT \(columns) FROM connector ORDER BY id", [], EmbeddedConnector.init(row:)).map(\.json)
  }

  static func list(_ question: DirectoryRead, _ db: Connection) throws -> DirectoryResponse {
    let query = try EmbeddedQuery(question.query, of: .connector, for: .list)
    return try query.list(try all(db), at: "identity/apiConnectors", question.version)
  }

  /// Returns status 200 with the connector, or status 204 if `connector` is nil.
  static func one(_ connector: EmbeddedConnector?, _ question: DirectoryRead) throws -> DirectoryResponse {
    let query = try EmbeddedQuery(question.query, of: .connector, for: .object)
    return try connector.map { try query.object($0.json, at: "identity/apiConnectors") } ?? .noContent
  }

  static func create(_ body: JSONObject, _ db: Connection) throws -> DirectoryResponse {
    for name in ["displayName", "targetUrl", "authenticationConfiguration"] where body[name] == nil {
      throw DirectoryRefusal.badRequest("The property '\(name)' is required.")
    }
    guard let id = ConnectorID(GUID.random()) else {
      throw DirectoryRefusal.badRequest("No id could be generated.")
    }
    var connector = EmbeddedConnector(row: 0, id: id, displayName: "", targetURL: "", authentication: .null)
    try apply(body, to: &connector)
    try insert(connector, db)
    return connector.response(httpStatus: 201)
  }

  static func insert(_ connector: EmbeddedConnector, _ db: Connection) throws {
    try db.execute(
      """
      INSERT INTO connector (connector_id, display_name, target_url, authentication)
      VALUES (:id, :displayName, :targetURL, :authentication)
      """,
      [
        "id": connector.id.text, "displayName": connector.displayName, "targetURL": connector.targetURL,
        "authentication": connector.authentication.text,
      ]
    )
  }

  static func update(_ id: ConnectorID, _ body: JSONObject, _ db: Connection) throws -> DirectoryResponse {
    var connector = try require(id, db)
    try apply(body, to: &connector)
    try store(connector, db)
    return .noContent
  }

  private static func store(_ connector: EmbeddedConnector, _ db: Connection) throws {
    try db.execute(
      """
      UPDATE connector SET display_name = :displayName, target_url = :targetURL, authentication = :authentication
      WHERE id = :row
      """,
      [
        "row": connector.row, "displayName": connector.displayName, "targetURL": connector.targetURL,
        "authentication": connector.authentication.text,
      ]
    )
  }

  /// Adds a certificate to a connector.
  ///
  /// The certificate itself is not stored. The embedded directory does not need the certificate, because the embedded
  /// directory never calls an API.
  static func upload(_ body: JSONObject, to id: ConnectorID, _ db: Connection) throws -> DirectoryResponse {
    guard let pkcs12 = body["pkcs12Value"]?.string, body["password"]?.string != nil else {
      throw DirectoryRefusal.badRequest("The properties 'pkcs12Value' and 'password' are required.")
    }
    var connector = try require(id, db)
    connector.authentication = EmbeddedAuthentication.adding(pkcs12, to: connector.authentication)
    try store(connector, db)
    return connector.response(httpStatus: 200)
  }

  static func delete(_ id: ConnectorID, _ db: Connection) throws -> DirectoryResponse {
    let connector = try require(id, db)
    guard try db.integer("SELECT 1 FROM reference WHERE connector = ?", [connector.row]) == nil else {
      throw DirectoryRefusal.conflict("The API connector '\(id)' is in use by a user flow.")
    }
    try db.execute("DELETE FROM connector WHERE id = ?", [connector.row])
    return .noContent
  }

  private static func apply(_ body: JSONObject, to connector: inout EmbeddedConnector) throws {
    for member in body.members {
      switch member.name {
      case "displayName":
        guard let text = member.value.string, !text.isEmpty else {
          throw DirectoryRefusal.badRequest("The property 'displayName' must be a non-empty string.")
        }
        connector.displayName = text
      case "targetUrl":
        guard let text = member.value.string, let url = URL(string: text), url.scheme == "https", url.host() != nil,
          url.user() == nil
        else {
          throw DirectoryRefusal.badRequest(
            "The property 'targetUrl' must be an absolute https URL without a user name."
          )
        }
        connector.targetURL = text
      case EmbeddedAuthentication.property:
        connector.authentication = try EmbeddedAuthentication.readable(member.value, over: connector.authentication)
      case "id", "@odata.type", "@odata.context": break
      default:
        throw DirectoryRefusal.badRequest("The property '\(member.name)' does not exist on identityApiConnector.")
      }
    }
  }
}

extension EmbeddedConnector {
  /// Reads a row with the columns `EmbeddedConnectors.columns`.
  fileprivate init(row: Row) throws {
    guard let id = ConnectorID(try row.text(1)) else { throw row.unexpected(1) }
    self.init(
      row: try row.integer(0),
      id: id,
      displayName: try row.text(2),
      targetURL: try row.text(3),
      authentication: try JSONValue(parsing: try row.text(4).utf8)
    )
  }
}
