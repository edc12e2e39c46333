import ReflogModel

/// What was seen of one exchange with Microsoft Graph.
enum GraphExchange: Sendable {
  /// No byte of the request was written.
  case neverSent(String)
  /// Something was written, and no whole answer came back.
  case broken(String)
  case answered(GraphResponse)

  /// The status as a metric's label.
  var status: String {
    switch self {
    case .neverSent: "neverSent"
    case .broken: "broken"
    case .answered(let response): "\(response.httpStatus)"
    }
  }
}

/// A whole answer of Microsoft Graph.
struct GraphResponse: Sendable {
  let httpStatus: Int
  /// Names in small letters.
  let headers: [String: String]
  let body: [UInt8]

  /// The body where it is a JSON object.
  var json: JSONObject? { try? JSONValue(parsing: body).object }

  /// Whether the body is said to be JSON.
  var isJSON: Bool { headers["content-type"]?.lowercased().contains("json") ?? false }

  var requestID: String? { headers["request-id"] }
}
