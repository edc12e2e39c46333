/// A successful answer of the directory.
package struct DirectoryResponse: Sendable {
  package let httpStatus: Int
  /// The body without `@odata.context`, which the surface adds from `contextFragment`; nil if it is no JSON object.
  package let body: JSONObject?
  /// A body that is no JSON object, unchanged, or nil.
  package let raw: RawBody?
  /// What follows `$metadata#` in the body's `@odata.context`, or nil if the body has none.
  package let contextFragment: String?
  /// The start of the links in the body, without a slash at its end, or nil if the body has no links.
  package let linkBase: String?
  /// The directory's own id for the request, or nil if it gave none.
  package let requestID: String?
  /// The connector that a write created, or nil if it created none.
  package let created: DirectoryConnector?

  /// A body that is no JSON object, and its type.
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
    created: DirectoryConnector? = nil
  ) {
    self.httpStatus = httpStatus
    self.body = body
    self.raw = raw
    self.contextFragment = contextFragment
    self.linkBase = linkBase
    self.requestID = requestID
    self.created = created
  }

  /// An answer without a body.
  package static let noContent = DirectoryResponse(httpStatus: 204)
}
