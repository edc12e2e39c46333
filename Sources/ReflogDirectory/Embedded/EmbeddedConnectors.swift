import Foundation
import GRDB
import ReflogModel

/// A connector of the embedded directory.
struct EmbeddedConnector {
  let row: Int64
  let id: ConnectorID
  var displayName: String
  var targetURL: String
  /// As a reader gets it, secrets replaced.
  var authentication: JSONValue

  var summary: DirectoryConnector { DirectoryConnector(id: id, displayName: displayName, targetURL: targetURL) }

  /// The members of an `identityApiConnector`.
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

/// The connectors of the embedded directory.
enum EmbeddedConnectors {
  static func find(_ id: ConnectorID, _ db: Database) throws -> EmbeddedConnector? {
    try Row.fetchOne(
      db,
      sql: """
        SELECT id, connector_id, display_name, target_url, authentication FROM connector
        WHERE connector_id = :id
        """,
      arguments: ["id": id.text]
    ).flatMap(EmbeddedConnector.init(row:))
  }

  static func require(_ id: ConnectorID, _ db: Database) throws -> EmbeddedConnector {
    guard let connector = try find(id, db) else { throw DirectoryRefusal.notFound(id.text) }
    return connector
  }

  static func list(_ db: Database) throws -> DirectoryResponse {
    let connectors = try Row.fetchAll(
      db,
      sql: "SELECT id, connector_id, display_name, target_url, authentication FROM connector ORDER BY id"
    ).compactMap(EmbeddedConnector.init(row:))
    return DirectoryResponse(
      httpStatus: 200,
      body: ["value": .array(connectors.map { .object($0.json) })],
      contextFragment: "identity/apiConnectors"
    )
  }

  static func create(_ body: JSONObject, _ db: Database) throws -> DirectoryResponse {
    for name in ["displayName", "targetUrl", "authenticationConfiguration"] where body[name] == nil {
      throw DirectoryRefusal.badRequest("The property '\(name)' is required.")
    }
    guard let id = ConnectorID(UUID().uuidString.lowercased()) else {
      throw DirectoryRefusal.badRequest("No id could be made.")
    }
    var connector = EmbeddedConnector(row: 0, id: id, displayName: "", targetURL: "", authentication: .null)
    try apply(body, to: &connector)
    try insert(connector, db)
    return connector.response(httpStatus: 201)
  }

  static func insert(_ connector: EmbeddedConnector, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO connector (connector_id, display_name, target_url, authentication)
        VALUES (:id, :displayName, :targetURL, :authentication)
        """,
      arguments: [
        "id": connector.id.text, "displayName": connector.displayName, "targetURL": connector.targetURL,
        "authentication": connector.authentication.text,
      ]
    )
  }

  static func update(_ id: ConnectorID, _ body: JSONObject, _ db: Database) throws -> DirectoryResponse {
    var connector = try require(id, db)
    try apply(body, to: &connector)
    try db.execute(
      sql: """
        UPDATE connector
        SET display_name = :displayName, target_url = :targetURL, authentication = :authentication
        WHERE id = :row
        """,
      arguments: [
        "row": connector.row, "displayName": connector.displayName, "targetURL": connector.targetURL,
        "authentication": connector.authentication.text,
      ]
    )
    return .noContent
  }

  /// Keeps nothing of the certificate: the embedded directory calls nobody.
  static func upload(_ body: JSONObject, to id: ConnectorID, _ db: Database) throws -> DirectoryResponse {
    guard body["pkcs12Value"]?.string != nil, body["password"]?.string != nil else {
      throw DirectoryRefusal.badRequest("The properties 'pkcs12Value' and 'password' are required.")
    }
    let type: JSONObject = ["@odata.type": "#microsoft.graph.pkcs12Certificate"]
    _ = try update(id, [EmbeddedAuthentication.property: .object(type)], db)
    return try require(id, db).response(httpStatus: 200)
  }

  static func delete(_ id: ConnectorID, _ db: Database) throws -> DirectoryResponse {
    let connector = try require(id, db)
    let isCalled = try Row.fetchOne(
      db,
      sql: "SELECT 1 FROM reference WHERE connector = :row",
      arguments: ["row": connector.row]
    )
    guard isCalled == nil else {
      throw DirectoryRefusal.conflict("The API connector '\(id)' is used by a user flow.")
    }
    try db.execute(sql: "DELETE FROM connector WHERE id = :row", arguments: ["row": connector.row])
    return .noContent
  }

  private static func apply(_ body: JSONObject, to connector: inout EmbeddedConnector) throws {
    for member in body.members {
      switch member.name {
      case "displayName":
        guard let text = member.value.string, !text.isEmpty else {
          throw DirectoryRefusal.badRequest("The property 'displayName' must be a string that is not empty.")
        }
        connector.displayName = text
      case "targetUrl":
        guard let text = member.value.string, let url = URL(string: text), url.scheme == "https", url.host() != nil,
          url.user() == nil
        else {
          throw DirectoryRefusal.badRequest("The property 'targetUrl' must be an absolute https URL without a user.")
        }
        connector.targetURL = text
      case EmbeddedAuthentication.property:
        connector.authentication = try EmbeddedAuthentication.readable(member.value)
      case "id", "@odata.type", "@odata.context": break
      default:
        throw DirectoryRefusal.badRequest("The property '\(member.name)' does not exist on identityApiConnector.")
      }
    }
  }
}

extension EmbeddedConnector {
  fileprivate init?(row: Row) {
    guard let id = ConnectorID(row["connector_id"] as String),
      let authentication = try? JSONValue(parsing: (row["authentication"] as String).utf8)
    else { return nil }
    self.init(
      row: row["id"],
      id: id,
      displayName: row["display_name"],
      targetURL: row["target_url"],
      authentication: authentication
    )
  }
}
