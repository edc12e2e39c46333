import ReflogFormats
import ReflogModel

/// The OpenAPI schemas of bodies, parameters and headers.
enum OpenAPISchemas {
  /// The HTTP statuses of errors that every operation can return, with their meanings.
  static let failures: [(status: Int, meaning: String)] = [
    (400, "The request is not valid; target names the wrong part."),
    (401, "The request has no valid token."),
    (403, "The caller's role does not allow this. A denied change is recorded."),
    (404, "The resource does not exist."),
    (409, "The request conflicts with the current state."),
    (410, "The change was purged."),
    (412, "The precondition in If-Match is not met."),
    (413, "The body is too long."),
    (422, "An earlier request with this Idempotency-Key had another body."),
    (423, "A freeze covers the step, the connector or a step that calls the connector. A denied change is recorded."),
    (429, "The directory received too many requests."),
    (501, "Reflog does not forward this request."),
    (502, "The directory did not make the change, or the outcome of the change is unknown."),
    (503, "Nothing was done. Try again."),
  ]

  /// Returns the schema of a path parameter.
  static func parameter(named name: String) -> JSONObject {
    switch name {
    case "version": ["type": "string", "enum": .array(["beta", "v1.0"])]
    case "flowType": ["type": "string", "enum": .array(["b2cUserFlows", "b2xUserFlows"])]
    case "step": ["type": "string", "pattern": "^[A-Za-z][A-Za-z0-9]{0,127}$", "example": "postFederationSignup"]
    case "flow": ["type": "string", "pattern": "^[A-Za-z0-9_.-]{1,128}$", "example": "B2C_1_signup"]
    case "change", "freeze": ["type": "string", "pattern": "^[1-9][0-9]{0,17}$"]
    default: ["type": "string", "pattern": "^[A-Za-z0-9_.-]{1,128}$"]
    }
  }

  /// Returns the schema of a request header.
  static func header(named name: String) -> JSONObject {
    switch name {
    case "If-Match": ["type": "string", "pattern": "^(\\*|\"[A-Za-z0-9:_.-]{1,150}\")$"]
    case "Reflog-Reason", "Reflog-Override": ["type": "string", "pattern": "^([A-Za-z0-9_.~-]|%20){0,400}$"]
    default: ["type": "string", "pattern": "^[!-~]{1,128}$"]
    }
  }

  /// All schemas.
  ///
  /// The key is the name of the schema.
  static let all: JSONObject = [
    "Text": .object(["type": "string"]),
    "Entity": .object(["type": "object"]),
    "List": .object(object(["value": .object(["type": "array", "items": .object(["type": "object"])])], ["value"])),
    "Error": .object(
      object(
        [
          "error": .object(
            object(
              [
                "code": string, "message": string, "target": string, "details": array,
                "innerError": .object(innerError),
              ],
              ["code", "message", "innerError"]
            )
          )
        ],
        ["error"]
      )
    ),
    "ReferenceUpdate": .object(closed(["@odata.id": .object(["type": "string", "nullable": .bool(true)])])),
    "Reference": .object(object(["@odata.context": string, "@odata.id": string], ["@odata.id"])),
    "Connector": .object(
      closed(["displayName": string, "targetUrl": string, "authenticationConfiguration": .object(["type": "object"])])
    ),
    "Certificate": .object(closed(["pkcs12Value": string, "password": string], ["pkcs12Value", "password"])),
    "UserFlow": .object(
      object(["id": string, "userFlowType": string, "apiConnectorConfiguration": .object(["type": "object"])], ["id"])
    ),
    "Rollback": .object(closed(["reason": string, "force": boolean, "dryRun": boolean])),
    "TimeRollback": .object(
      closed([
        "asOf": time, "flowType": string, "flowId": string, "reason": string, "dryRun": boolean,
        "batchId": .object(["type": "string", "format": "uuid"]),
      ])
    ),
    "Statement": .object(
      closed(
        ["result": .object(["type": "string", "enum": .array(["applied", "notApplied"])]), "reason": string],
        ["result", "reason"]
      )
    ),
    "Token": .object(
      closed(
        [
          "name": string,
          "role": .object(["type": "string", "enum": .array(Role.allCases.map { .string($0.rawValue) })]),
          "expiresInDays": .object(["type": "integer", "minimum": .integer(1), "maximum": .integer(3650)]),
        ],
        ["name", "role"]
      )
    ),
    "Retention": .object(
      closed(
        [
          "days": .object([
            "type": "integer", "nullable": .bool(true), "minimum": .integer(1),
            "maximum": .integer(RetentionPolicy.maximumDays),
          ]), "override": boolean,
        ],
        ["days"]
      )
    ),
    "Purge": .object(closed(["dryRun": boolean, "before": time])),
    "Hold": .object(
      closed(["name": name, "reason": string, "flowType": string, "flowId": string], ["name", "reason"])
    ),
    "Freeze": .object(
      closed(
        [
          "scope": .object(["type": "string", "enum": .array(FreezeScope.Kind.allCases.map { .string($0.rawValue) })]),
          "flowType": string, "flowId": string, "step": string, "from": time, "until": time, "reason": string,
        ],
        ["reason"]
      )
    ),
    "Erasure": .object(closed(["actor": string, "app": string, "token": string, "dryRun": boolean])),
    "Change": .object(
      object(
        JSONObject(uniqueMembers: Change.described.map { .init(name: $0.name, value: .object($0.schema)) }),
        Change.described.map(\.name)
      )
    ),
  ]

  private static let name: JSONValue = .object(["type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"])
  private static let string: JSONValue = .object(["type": "string"])
  private static let boolean: JSONValue = .object(["type": "boolean"])
  private static let array: JSONValue = .object(["type": "array", "items": .object(["type": "object"])])
  private static let time: JSONValue = .object(["type": "string", "format": "date-time"])
  private static let innerError = object(
    ["date": string, "request-id": string, "client-request-id": string],
    ["date", "request-id", "client-request-id"]
  )

  private static func object(_ properties: JSONObject, _ required: [String] = []) -> JSONObject {
    var object: JSONObject = ["type": "object", "properties": .object(properties)]
    if !required.isEmpty { object["required"] = .array(required.map(JSONValue.string)) }
    return object
  }

  /// Returns the schema of an object that allows only these members.
  private static func closed(_ properties: JSONObject, _ required: [String] = []) -> JSONObject {
    var object = object(properties, required)
    object["additionalProperties"] = .bool(false)
    return object
  }
}
