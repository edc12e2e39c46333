import HTTPTypes

extension HTTPFields {
  /// The value of the field that has the given name, or nil if the field is missing.
  ///
  /// The given name can be in upper or lower case.
  subscript(named name: String) -> String? {
    get { HTTPField.Name(name).flatMap { self[$0] } }
    set { if let name = HTTPField.Name(name) { self[name] = newValue } }
  }
}

/// The field names that are needed for most requests or answers.
///
/// Each name is parsed only once, because the parsed name is stored here.
extension HTTPField.Name {
  private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .contentType }

  static let requestID = known("request-id")
  static let clientRequestID = known("client-request-id")
  static let reflogChangeID = known("Reflog-Change-Id")
  static let reflogOverride = known("Reflog-Override")
  static let reflogReason = known("Reflog-Reason")
  static let idempotencyKey = known("Idempotency-Key")
  static let contentTypeOptions = known("X-Content-Type-Options")
  static let referrerPolicy = known("Referrer-Policy")
  static let frameOptions = known("X-Frame-Options")
  static let contentSecurityPolicy = known("Content-Security-Policy")
  static let forwarded = known("Forwarded")
  static let forwardedFor = known("X-Forwarded-For")
  static let forwardedProto = known("X-Forwarded-Proto")
  static let forwardedHost = known("X-Forwarded-Host")
  /// The name of a second `Host` header.
  ///
  /// The first `Host` header of a request is stored as the request's authority.
  static let secondHost = known("Host")
}
