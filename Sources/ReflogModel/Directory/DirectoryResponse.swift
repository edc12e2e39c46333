/// A successful answer from the directory.
package struct DirectoryResponse: Sendable {
  package let httpStatus: Int
  /// The body without `@odata.context`, or nil if the body is not a JSON object.
  ///
  /// Before Reflog sends the body to the caller, Reflog creates a new `@odata.context` from `contextFragment`.
  package let body: JSONObject?
  /// The unchanged body, or nil if the body is a JSON object.
  package let raw: RawBody?
  /// The part of the body's `@odata.context` that follows `$metadata#`, or nil if the body has no `@odata.context`.
  package let contextFragment: String?
  /// The common beginning of all links in the body, or nil if the body has no links.
  ///
  /// The value is a URL without a slash at the end.
  package let linkBase: String?
  /// The id that the directory assigned to the request, or nil if the directory sent no id.
  package let requestID: String?
  /// The header fields of the answer that Reflog forwards to the caller of a read.
  ///
  /// The key is the name of the header field in lower case. Only the names in ``forwardedHeaderNames`` occur.
  package let forwardedHeaders: [String: String]
  /// The connector that a write created, or nil if the write created no connector.
  package let created: DirectoryConnector?

  /// The connector in the body, or nil if the body is not a complete connector.
  package var connector: DirectoryConnector? {
    guard let connector = body.flatMap(DirectoryConnector.init(graph:)), connector.isComplete else { return nil }
    return connector
  }

  /// A body that is not a JSON object, and its content type.
  package struct RawBody: Sendable {
    package let contentType: String
    package let bytes: [UInt8]

    /// Creates a body.
    package init(contentType: String, bytes: [UInt8]) {
      self.contentType = contentType
      self.bytes = bytes
    }
  }

  /// Creates an answer.
  package init(
    httpStatus: Int,
    body: JSONObject? = nil,
    raw: RawBody? = nil,
    contextFragment: String? = nil,
    linkBase: String? = nil,
    requestID: String? = nil,
    forwardedHeaders: [String: String] = [:],
    created: DirectoryConnector? = nil
  ) {
    self.httpStatus = httpStatus
    self.body = body
    self.raw = raw
    self.contextFragment = contextFragment
    self.linkBase = linkBase
    self.requestID = requestID
    self.forwardedHeaders = forwardedHeaders
    self.created = created
  }

  /// The names of the directory's header fields that Reflog forwards to the caller of a read.
  ///
  /// The headers `deprecation`, `sunset` and `link` announce that a part of the API will change or end (RFC 9745, RFC
  /// 8594, RFC 8288).
  package static let forwardedHeaderNames: Set<String> = ["client-request-id", "deprecation", "sunset", "link"]

  /// An answer without a body.
  package static let noContent = DirectoryResponse(httpStatus: 204)
}
