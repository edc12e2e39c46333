/// The known effect of a write after Reflog tried to send the write.
package enum DirectoryAnswer: Sendable {
  /// The directory applied the write.
  case applied(DirectoryResponse)
  /// The directory refused the write and definitely did not apply it.
  case refused(DirectoryRefusal)
  /// The write was not sent, so it has no effect.
  case notSent(reason: String)
  /// Reflog can't know whether the directory applied the write, for example because the connection was lost.
  case unknown(httpStatus: Int?, reason: String)

  /// True if the answer does not show whether the directory applied the write.
  package var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

/// A definite refusal by the directory.
///
/// Reflog forwards the refusal to the caller unchanged.
package struct DirectoryRefusal: Sendable {
  package let httpStatus: Int
  package let code: String
  /// Whether the directory sent the code.
  ///
  /// If the value is false, Reflog chose the code from the HTTP status.
  package let hasCode: Bool
  package let message: String
  /// The header `Retry-After` in the directory's answer, or nil if the answer had no such header.
  package let retryAfter: String?
  /// The header `WWW-Authenticate` in the directory's answer, or nil if the answer had no such header.
  package let wwwAuthenticate: String?
  /// The id that the directory assigned to the request, or nil if the directory sent no id.
  package let requestID: String?
  /// Whether the directory refused Reflog's own credential.
  ///
  /// A caller can't correct this error.
  package let isOfOwnCredential: Bool

  /// Creates a refusal, and replaces U+0000 in the code and in the message.
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
    self.code = code.replacingZeros
    self.hasCode = hasCode
    self.message = message.replacingZeros
    self.retryAfter = retryAfter
    self.wwwAuthenticate = wwwAuthenticate
    self.requestID = requestID
    self.isOfOwnCredential = isOfOwnCredential
  }

  /// The number of seconds in the header `Retry-After`, or nil if the header contains no number of seconds.
  ///
  /// The number is recorded, so that a repeated request gets the same header. The header can also contain a date. A
  /// date is not recorded, because the date is usually in the past when the request is repeated. See RFC 9110, section
  /// 10.2.3.
  package var retryAfterSeconds: Int? {
    // `UInt32(_:)` would also accept a plus sign in front of the number.
    guard let retryAfter, retryAfter.utf8.first != UInt8(ascii: "+") else { return nil }
    return UInt32(retryAfter).map { Int($0) }
  }
}

/// The error that is thrown if the directory could not be read.
package enum DirectoryFailure: Error, Sendable, CustomStringConvertible {
  /// The directory refused the read.
  case refused(DirectoryRefusal)
  /// The directory sent no answer, or an answer that Reflog can't interpret.
  case unavailable(reason: String)
  /// Reflog did not send the read, because the caller or all callers together have used up their read budget.
  ///
  /// Reflog can send a read again after the time `retryAfter`.
  case budgetSpent(retryAfter: Duration)

  package var description: String {
    switch self {
    case .refused(let refusal):
      "The directory refused the read: \(refusal.httpStatus) \(refusal.code): \(refusal.message)"
    case .unavailable(let reason): "The directory can't be read: \(reason)"
    case .budgetSpent(let wait): "The read was not sent, because the budget of reads is used up for \(wait)"
    }
  }
}
