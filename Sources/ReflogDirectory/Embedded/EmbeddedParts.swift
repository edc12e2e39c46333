import ReflogModel
import ReflogStorage

/// A collection that belongs to a user flow and does not concern connectors.
enum EmbeddedPart: String, CaseIterable {
  case identityProviders, userFlowIdentityProviders, languages, userAttributeAssignments

  /// The name under which the directory stores the collection.
  ///
  /// Both collections of identity providers contain the same providers, so both collections are stored under one name.
  var stored: String { self == .userFlowIdentityProviders ? Self.identityProviders.rawValue : rawValue }
}

/// A path below a user flow: `/{flowType}/{flow}/{part}`.
///
/// The path may continue with the id of an object, and with `$ref` or `$count`.
struct EmbeddedPartPath {
  let flowType: FlowType
  let flow: FlowID
  let part: EmbeddedPart
  /// The segments of the path after the part.
  let rest: [String]

  /// Reads a path that no longer has its prefix `/identity`, or throws a refusal if the path has another form.
  init(_ path: String) throws(DirectoryRefusal) {
    let segments = path.split(separator: "/").map(String.init)
    guard segments.count > 2, let flowType = FlowType(segment: segments[0]), let flow = FlowID(segments[1]),
      let part = EmbeddedPart.allCases.first(where: { $0.rawValue.isSame(as: segments[2]) })
    else { throw .unknownSegment(path) }
    (self.flowType, self.flow, self.part, rest) = (flowType, flow, part, Array(segments.dropFirst(3)))
  }

  /// The path of the collection in `@odata.context`.
  var context: String { "identity/\(flowType.rawValue)('\(flow)')/\(part.rawValue)" }
  /// The path of the collection in a link.
  var link: String { "identity/\(flowType.rawValue)/\(flow)/\(part.rawValue)" }
}

/// Reads and writes the collections that belong to user flows: languages, identity providers and attributes.
enum EmbeddedParts {
  static func objects(_ part: EmbeddedPart, of flow: Int64, _ db: Connection) throws -> [JSONObject] {
    try db.rows(
      "SELECT content FROM part WHERE flow = ? AND collection = ? ORDER BY part_id",
      [flow, part.stored]
    ) { row in try JSONValue(parsing: try row.text(0).utf8).object ?? [:] }
  }

  /// Answers a read whose path names neither a flow nor a connector.
  ///
  /// The read is of a part of a flow, or of the number of objects in a list.
  static func read(_ question: DirectoryRead, at path: String, _ db: Connection) throws -> DirectoryResponse {
    let segments = path.split(separator: "/")
    guard segments.count == 2, segments[1].description.isSame(as: "$count") else {
      return try read(question, try EmbeddedPartPath(path), db)
    }
    if segments[0].description.isSame(as: "apiConnectors") {
      return try EmbeddedQuery(question.query, of: .connector, for: .number).count(try EmbeddedConnectors.all(db))
    }
    guard let flowType = FlowType(segment: segments[0]) else { throw DirectoryRefusal.unknownSegment(path) }
    let query = try EmbeddedQuery(question.query, of: .flow(flowType), for: .number)
    return try query.count(try EmbeddedFlows.all(flowType, db).map(\.json))
  }

  private static func read(
    _ question: DirectoryRead,
    _ path: EmbeddedPartPath,
    _ db: Connection
  ) throws -> DirectoryResponse {
    let flow = try EmbeddedFlows.row(path.flowType, path.flow, db)
    let (objects, type) = (try objects(path.part, of: flow, db), EmbeddedType.part(path.part))
    switch path.rest.count {
    case 0:
      let query = try EmbeddedQuery(question.query, of: type, for: .list)
      return try query.list(objects, at: path.link, question.version)
    case 1 where path.rest[0].isSame(as: "$count"):
      return try EmbeddedQuery(question.query, of: type, for: .number).count(objects)
    case 1:
      let query = try EmbeddedQuery(question.query, of: type, for: .object)
      return try query.object(try find(path.rest[0], in: objects), at: path.context)
    default: throw DirectoryRefusal.unknownSegment(path.rest[1])
    }
  }

  private static func find(_ id: String, in objects: [JSONObject]) throws -> JSONObject {
    guard let object = objects.first(where: { $0["id"]?.string?.isSame(as: id) == true }) else {
      throw DirectoryRefusal.notFound(id)
    }
    return object
  }

  /// Performs a write of a collection that belongs to a user flow.
  static func write(_ request: DirectoryWrite.Passthrough, _ db: Connection) throws -> DirectoryResponse {
    let path = try EmbeddedPartPath(request.path)
    let flow = try EmbeddedFlows.row(path.flowType, path.flow, db)
    let objects = try objects(path.part, of: flow, db)
    let isReference = path.rest.last?.isSame(as: "$ref") == true
    switch (request.method, path.rest.count) {
    case (.post, 0),
      (.post, 1) where isReference:
      let object = isReference ? ["id": .string(try referencedID(in: request))] : try body(of: request)
      let new = try stored(object, id: object["id"]?.string ?? GUID.random())
      guard (try? find(new.id, in: objects)) == nil else {
        throw DirectoryRefusal.conflict("The object '\(new.id)' already exists.")
      }
      try store(new, path.part, of: flow, db)
      return isReference
        ? .noContent : DirectoryResponse(httpStatus: 201, body: new.content, contextFragment: path.context + "/$entity")
    case (.put, 1), (.patch, 1):
      let known = request.method == .put ? try? find(path.rest[0], in: objects) : try find(path.rest[0], in: objects)
      var content = known ?? [:]
      for member in try body(of: request).members { content[member.name] = member.value }
      content["id"] = known?["id"] ?? .string(path.rest[0])
      try store(try stored(content, id: path.rest[0]), path.part, of: flow, db)
      return known == nil
        ? DirectoryResponse(httpStatus: 201, body: content, contextFragment: path.context + "/$entity") : .noContent
    case (.delete, 1),
      (.delete, 2) where path.rest.count == 1 || isReference:
      _ = try find(path.rest[0], in: objects)
      try db.execute(
        "DELETE FROM part WHERE flow = ? AND collection = ? AND part_id = ?",
        [flow, path.part.stored, path.rest[0]]
      )
      return .noContent
    default: throw DirectoryRefusal.unknownSegment(request.path)
    }
  }

  private static func body(of request: DirectoryWrite.Passthrough) throws -> JSONObject {
    guard let body = (try? JSONValue(parsing: request.body))?.object else {
      throw DirectoryRefusal.badRequest("The body is not a JSON object.")
    }
    return body
  }

  private static func referencedID(in request: DirectoryWrite.Passthrough) throws -> String {
    guard let url = try body(of: request)["@odata.id"]?.string, let id = url.split(separator: "/").last else {
      throw DirectoryRefusal.badRequest("Invalid URL format specified in payload.")
    }
    return String(id)
  }

  /// Returns the id of an object and the object in the form that a read returns, without secrets.
  private static func stored(_ object: JSONObject, id: String) throws -> (id: String, content: JSONObject) {
    guard (1...128).contains(id.utf8.count) else {
      throw DirectoryRefusal.badRequest("An id must have 1 to 128 characters.")
    }
    var content = object
    content["id"] = object["id"] ?? .string(id)
    if content["clientSecret"] != nil { content["clientSecret"] = "*******" }
    return (id, content)
  }

  private static func store(
    _ object: (id: String, content: JSONObject),
    _ part: EmbeddedPart,
    of flow: Int64,
    _ db: Connection
  ) throws {
    try db.execute(
      """
      INSERT INTO part (flow, collection, part_id, content) VALUES (?, ?, ?, ?)
      ON CONFLICT (flow, collection, part_id) DO UPDATE SET content = excluded.content
      """,
      [flow, part.stored, object.id, JSONValue.object(object.content).text]
    )
  }

  /// Adds the collections of a new flow: the identity provider for local accounts, and one language.
  static func fill(_ flow: Int64, _ db: Connection) throws {
    let provider: JSONObject = ["id": "EmailPassword-OAUTH", "type": "EmailPassword", "name": "Local account"]
    try store(try stored(provider, id: "EmailPassword-OAUTH"), .identityProviders, of: flow, db)
    let language: JSONObject = ["id": "en", "displayName": "English", "isEnabled": .bool(true)]
    try store(try stored(language, id: "en"), .languages, of: flow, db)
  }
}
