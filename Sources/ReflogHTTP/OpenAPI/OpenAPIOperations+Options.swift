import ReflogModel

/// The query options of the operations.
extension OpenAPIOperations {
  /// The option `$expand`.
  static let expand: (String, JSONObject) = ("$expand", ["type": "string", "maxLength": .integer(400)])

  /// The query options that select a page, and the query options for CSV.
  static let page: [(String, JSONObject)] = [
    ("$top", ["type": "integer", "minimum": .integer(1), "maximum": .integer(1000)]),
    ("$skiptoken", ["type": "string", "maxLength": .integer(200)]),
    ("raw", ["type": "boolean"]), ("excel", ["type": "boolean"]),
  ]

  /// Returns the option `$format` with the formats that a route supports.
  static func formats(_ formats: [JSONValue]) -> [(String, JSONObject)] {
    [("$format", ["type": "string", "enum": .array(formats)])]
  }

  /// The option `$filter`.
  ///
  /// The maximum length in the description is smaller than the limit that Reflog applies, because the URL with the
  /// encoded filter must be shorter than the limit of all headers together.
  static let filter: (String, JSONObject) = ("$filter", ["type": "string", "maxLength": .integer(1000)])

  /// The option with which a query also returns the changes of the connectors that the selected steps called.
  static let flowScope: (String, JSONObject) = (
    QueryScope.option,
    ["type": "string", "enum": .array(QueryScope.allCases.map { .string($0.rawValue) })]
  )

  /// The options that select, sort and count items.
  static let queryOptions: [(String, JSONObject)] = [
    ("$filter", ["type": "string", "maxLength": .integer(1000), "example": "result eq 'applied'"]),
    ("$orderby", ["type": "string", "enum": .array(["activityDateTime", "id", "activityDateTime desc", "id asc"])]),
    ("$count", ["type": "boolean"]), ("$select", ["type": "string", "example": "id,kind"]),
  ]
}
