package import ReflogModel

/// The description of the Graph API and the history API in OpenAPI 3.0.3.
package enum OpenAPI {
  /// Returns the description as a JSON document.
  ///
  /// - Parameter baseURL: The URL of this server, without a slash at the end.
  package static func document(baseURL: String) -> JSONObject {
    [
      "openapi": "3.0.3",
      "info": .object([
        "title": "Reflog",
        "description": "An audit log of the API connectors that the steps of user flows call, with rollback.",
        "version": "1",
        "license": .object(["name": "MIT"]),
      ]),
      "servers": .array([.object(["url": .string(baseURL)])]),
      "security": .array([.object(["token": .array([])])]),
      "paths": .object(paths),
      "components": .object([
        "securitySchemes": .object(["token": .object(["type": "http", "scheme": "bearer"])]),
        "schemas": .object(OpenAPISchemas.all),
      ]),
    ]
  }

  private static var paths: JSONObject {
    var paths: JSONObject = [:]
    for operation in OpenAPIOperations.all {
      var item = paths[operation.path]?.object ?? [:]
      item[operation.method.lowercased()] = .object(operation.json)
      paths[operation.path] = .object(item)
    }
    return paths
  }
}

/// An operation: one method at one path.
struct OpenAPIOperation {
  let method: String
  let path: String
  let summary: String
  var query: [(name: String, schema: JSONObject)] = []
  var headers: [String] = []
  /// The name of the body's schema, and whether a body is required.
  ///
  /// The value is nil if the operation has no body.
  var body: (schema: String, isRequired: Bool)?
  /// The HTTP statuses of successful answers, each with the name of the schema of the answer's body.
  ///
  /// The schema is nil if the answer has no body.
  let successes: [(status: Int, schema: String?)]
  /// The media type of a successful answer.
  var contentType = "application/json"
  /// Whether the operation needs no credential.
  var isOpen = false

  /// Describes a `GET` whose answer has the status 200.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - summary: What the operation does, as one sentence.
  ///   - query: The query options, each with its schema.
  ///   - schema: The name of the schema of the answer's body.
  ///   - contentType: The media type of the answer.
  ///   - isOpen: Whether the operation needs no credential.
  static func get(
    _ path: String,
    _ summary: String,
    query: [(name: String, schema: JSONObject)] = [],
    returns schema: String,
    contentType: String = "application/json",
    isOpen: Bool = false
  ) -> Self {
    Self(
      method: "GET",
      path: path,
      summary: summary,
      query: query,
      successes: [(200, schema)],
      contentType: contentType,
      isOpen: isOpen
    )
  }

  /// Describes a `POST` that creates an object. Its answer has the status 201.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - summary: What the operation does, as one sentence.
  ///   - headers: The names of the headers.
  ///   - body: The name of the schema of the required body, or nil if the operation has no body.
  ///   - schema: The name of the schema of the answer's body.
  static func post(
    _ path: String,
    _ summary: String,
    headers: [String] = [],
    body: String? = nil,
    returns schema: String
  ) -> Self {
    let body = body.map { (schema: $0, isRequired: true) }
    return Self(
      method: "POST",
      path: path,
      summary: summary,
      headers: headers,
      body: body,
      successes: [(201, schema)]
    )
  }

  /// Describes a `DELETE` whose answer has no body.
  static func delete(_ path: String, _ summary: String, headers: [String] = []) -> Self {
    Self(method: "DELETE", path: path, summary: summary, headers: headers, successes: [(204, nil)])
  }

  /// The operation as an OpenAPI object.
  var json: JSONObject {
    var json: JSONObject = ["summary": .string(summary)]
    if isOpen { json["security"] = .array([]) }
    let parameters = pathParameters + queryParameters + headerParameters
    if !parameters.isEmpty { json["parameters"] = .array(parameters.map { .object($0) }) }
    if let body {
      json["requestBody"] = .object([
        "required": .bool(body.isRequired), "content": .object(Self.content(body.schema, "application/json")),
      ])
    }
    json["responses"] = .object(responses)
    return json
  }

  private var pathParameters: [JSONObject] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
      let name = String(segment.dropFirst().dropLast())
      return [
        "name": .string(name), "in": "path", "required": .bool(true),
        "schema": .object(OpenAPISchemas.parameter(named: name)),
      ]
    }
  }

  private var queryParameters: [JSONObject] {
    query.map { ["name": .string($0.name), "in": "query", "schema": .object($0.schema)] }
  }

  private var headerParameters: [JSONObject] {
    headers.map { ["name": .string($0), "in": "header", "schema": .object(OpenAPISchemas.header(named: $0))] }
  }

  private var responses: JSONObject {
    var responses: JSONObject = [:]
    for (status, schema) in successes {
      var response: JSONObject = ["description": .string(schema ?? "Done.")]
      if let schema {
        var content = Self.content(schema, status < 400 ? contentType : "application/json")
        if query.contains(where: { $0.name == "$format" }) {
          content["application/jsonl"] = Self.content("Text", "application/jsonl")["application/jsonl"]
          content["text/plain"] = Self.content("Text", "text/plain")["text/plain"]
          content["text/csv"] = Self.content("Text", "text/csv")["text/csv"]
        }
        response["content"] = .object(content)
      }
      responses[String(status)] = .object(response)
    }
    guard !isOpen else { return responses }
    for (status, meaning) in OpenAPISchemas.failures {
      responses[String(status)] = .object([
        "description": .string(meaning), "content": .object(Self.content("Error", "application/json")),
      ])
    }
    return responses
  }

  private static func content(_ schema: String, _ type: String) -> JSONObject {
    [type: .object(["schema": .object(["$ref": .string("#/components/schemas/\(schema)")])])]
  }
}
