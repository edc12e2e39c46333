import ReflogModel

/// The result of one exchange with Microsoft Graph.
enum GraphExchange: Sendable {
  /// No byte of the request was sent.
  ///
  /// The text is a clause with the reason.
  case neverSent(String)
  /// Some of the request was sent, and no complete answer arrived.
  ///
  /// The text is a clause with the reason.
  case broken(String)
  /// A complete answer arrived.
  case answered(GraphResponse)

  /// The status, as the label of a metric.
  var status: String {
    switch self {
    case .neverSent: "neverSent"
    case .broken: "broken"
    case .answered(let response): "\(response.httpStatus)"
    }
  }
}

/// A complete answer of Microsoft Graph.
struct GraphResponse: Sendable {
  let httpStatus: Int
  /// The header fields, by lower-case name.
  let headers: [String: String]
  let body: [UInt8]

  /// The body as a JSON object, or nil if it is none.
  var json: JSONObject? { try? JSONValue(parsing: body).object }

  /// Whether the content type is JSON.
  var isJSON: Bool { headers["content-type"]?.lowercased().contains("json") ?? false }

  /// Graph's id of the request, or nil if it sent none.
  var requestID: String? { headers["request-id"] }
}
