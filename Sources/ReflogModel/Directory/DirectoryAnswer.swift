/// What is known of a write after the directory was asked for it.
package enum DirectoryAnswer: Sendable {
  /// The directory applied it.
  case applied(DirectoryResponse)
  /// The directory definitely did not apply it.
  case refused(DirectoryRefusal)
  /// No byte of the request was sent.
  case notSent(reason: String)
  /// Whether the directory applied it is unknown.
  case unknown(httpStatus: Int?, reason: String)
}

/// A definite refusal by the directory, passed on unchanged.
package struct DirectoryRefusal: Sendable {
  package let httpStatus: Int
  package let code: String
  /// Whether the code is the directory's own.
  package let hasCode: Bool
  package let message: String
  /// The header `Retry-After`, passed on, or nil if there was none.
  package let retryAfter: String?
  /// The header `WWW-Authenticate`, passed on, or nil if there was none.
  package let wwwAuthenticate: String?
  /// The directory's own id for the request, or nil if it gave none.
  package let requestID: String?
  /// Whether Reflog's own credential was refused, which a caller can't correct.
  package let isOfOwnCredential: Bool

  /// Creates a refusal.
  package init(
    httpStatus: Int,
    code: String,
    hasCode: Bool = true,
    message: String,
    retryAfter: String? = nil,
    wwwAuthenticate: String? = nil,
    requestID: String? = nil,
    isOfOwnCredential: Bool = false
  ) {
    self.httpStatus = httpStatus
    self.code = code
    self.hasCode = hasCode
    self.message = message
    self.retryAfter = retryAfter
    self.wwwAuthenticate = wwwAuthenticate
    self.requestID = requestID
    self.isOfOwnCredential = isOfOwnCredential
  }
}

/// Why the directory could not be read.
package enum DirectoryFailure: Error, Sendable, CustomStringConvertible {
  /// It refused the read.
  case refused(DirectoryRefusal)
  /// It gave no answer, or one that Reflog does not understand.
  case unavailable(reason: String)

  package var description: String {
    switch self {
    case .refused(let refusal):
      "The directory refused the read: \(refusal.httpStatus) \(refusal.code): \(refusal.message)"
    case .unavailable(let reason): "The directory can't be read: \(reason)"
    }
  }
}
