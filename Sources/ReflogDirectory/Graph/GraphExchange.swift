import ReflogModel

/// The result of one exchange with Microsoft Graph.
enum GraphExchange: Sendable {
  /// No part of the request was sent.
  ///
  /// The text is the reason, written as a clause.
  case neverSent(String)
  /// The request was sent completely or in part, but no complete answer arrived.
  ///
  /// The text is the reason, written as a clause.
  case broken(String)
  /// A complete answer arrived.
  case answered(GraphResponse)

  /// The value of the metric's label `status`.
  var status: String {
    switch self {
    case .neverSent: "neverSent"
    case .broken: "broken"
    case .answered(let response): "\(response.httpStatus)"
    }
  }
}

/// A complete answer from Microsoft Graph or the login service.
struct GraphResponse: Sendable {
  let httpStatus: Int
  /// The header fields of the answer.
  ///
  /// The key is the name of the field in lower case.
  let headers: [String: String]
  let body: [UInt8]
  /// The body as a JSON object, or nil if the body is not a JSON object.
  let json: JSONObject?

  init(httpStatus: Int, headers: [String: String], body: [UInt8]) {
    self.httpStatus = httpStatus
    self.headers = headers
    self.body = body
    json = try? JSONValue(parsing: body).object
  }

  /// Whether the answer has a content type of JSON.
  var isJSON: Bool { headers["content-type"]?.mentionsJSON ?? false }

  /// The id that Graph assigned to the request, or nil if the answer contains no id.
  var requestID: String? { headers["request-id"] }
}
