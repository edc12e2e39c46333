/// What is known of a write once the directory has answered, or has not.
package enum DirectoryAnswer: Sendable {
  /// The directory did it.
  case applied(DirectoryResponse)
  /// The directory definitely did not do it.
  case refused(DirectoryRefusal)
  /// No byte of the request was written.
  case notSent(reason: String)
  /// Whether it was done can't be told from the answer.
  case unknown(httpStatus: Int?, reason: String)
}

/// A definite refusal by the directory, passed on as it came.
package struct DirectoryRefusal: Sendable {
  package let httpStatus: Int
  package let code: String
  /// Whether the directory itself gave the code.
  package let hasCode: Bool
  package let message: String
  /// Passed on where it is there: `Retry-After` and `WWW-Authenticate`.
  package let retryAfter: String?
  package let wwwAuthenticate: String?
  package let requestID: String?
  /// Whether it was Reflog's own credential that was refused, which no caller can mend.
  package let isOfOwnCredential: Bool

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
  /// It answered, and refused.
  case refused(DirectoryRefusal)
  /// It did not answer, or not so that it could be understood.
  case unavailable(reason: String)

  package var description: String {
    switch self {
    case .refused(let refusal): "The directory refused: \(refusal.httpStatus) \(refusal.code): \(refusal.message)"
    case .unavailable(let reason): "The directory can't be read: \(reason)"
    }
  }
}
