/// A successful answer of the directory.
package struct DirectoryResponse: Sendable {
  package let httpStatus: Int
  /// Without `@odata.context`, which the surface adds from `contextFragment`.
  package let body: JSONObject?
  /// A body that is no JSON object, as it came.
  package let raw: RawBody?
  /// What stands behind `$metadata#` in the body's `@odata.context`.
  package let contextFragment: String?
  /// Where the links in the body lead, without a slash at the end; nothing where it holds none.
  package let linkBase: String?
  /// The directory's own id for the request.
  package let requestID: String?
  /// The connector that a write made.
  package let created: DirectoryConnector?

  package struct RawBody: Sendable {
    package let contentType: String
    package let bytes: [UInt8]

    package init(contentType: String, bytes: [UInt8]) {
      self.contentType = contentType
      self.bytes = bytes
    }
  }

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

  package static let noContent = DirectoryResponse(httpStatus: 204)
}
