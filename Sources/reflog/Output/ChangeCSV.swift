import ReflogFormats
import ReflogModel

/// Converts changes from the JSON of the history API into the CSV that an export contains.
enum ChangeCSV {
  /// The header row.
  static var header: [UInt8] { CSVLine.bytes(Change.columns.map(\.name)) }

  /// Returns the header row and the lines of a list of changes.
  static func list(_ body: JSONObject) -> [UInt8] {
    header + body.objects("value").flatMap(line)
  }

  /// Returns the header row and the line of one change.
  static func one(_ change: JSONObject) -> [UInt8] { header + line(change) }

  /// Returns the line of a change.
  static func line(_ change: JSONObject) -> [UInt8] {
    let type = change["initiatedBy"]?.object?["type"]?.string ?? ""
    return CSVLine.bytes(
      Change.columns.map { column in
        switch value(at: path(ofColumn: column.name, actorType: type), in: change) {
        case .string(let text), .number(let text): text
        case .bool(let flag): String(flag)
        case .array(let items): JSONValue.array(items).text
        case .object(let object): JSONValue.object(object).text
        case .null, nil: ""
        }
      }
    )
  }

  /// Returns the path of a column's value in the JSON of a change.
  private static func path(ofColumn name: String, actorType: String) -> [String] {
    for part in ["before", "after"] {
      switch name {
      case part + "State": return [part, "state"]
      case part + "ConnectorId": return [part, "connectorId"]
      case part + "ConnectorName": return [part, "displayName"]
      default: break
      }
    }
    switch name {
    case "actorType": return ["initiatedBy", "type"]
    case "actorProof": return ["initiatedBy", "proof"]
    case "actorId": return ["initiatedBy", actorType, actorType == "app" ? "servicePrincipalId" : "id"]
    case "actorName": return ["initiatedBy", actorType, "displayName"]
    case "actorUserPrincipalName": return ["initiatedBy", "user", "userPrincipalName"]
    case "clientAppId": return ["initiatedBy", "app", "appId"]
    case "ipAddress": return ["initiatedBy", "ipAddress"]
    case "httpStatus": return ["status", "http"]
    case "errorCode": return ["status", "code"]
    case "errorMessage": return ["status", "message"]
    case "settledBy": return ["status", "settledBy"]
    case "erasedEventId": return ["erased", "eventId"]
    case "erasedDateTime": return ["erased", "dateTime"]
    case "statementErasedEventId": return ["status", "erased", "eventId"]
    case "statementErasedDateTime": return ["status", "erased", "dateTime"]
    case "overrideEventId": return ["override", "eventId"]
    case "overrideReason": return ["override", "reason"]
    case "overrideErasedEventId": return ["override", "erased", "eventId"]
    case "overrideErasedDateTime": return ["override", "erased", "dateTime"]
    default: return [name]
    }
  }

  private static func value(at path: [String], in change: JSONObject) -> JSONValue? {
    path.reduce(JSONValue?.some(.object(change))) { value, name in value?.object?[name] }
  }
}
