import Hummingbird
import ReflogModel

/// The error of a request whose API token expires soon. The answer contains the expiry in addition to the error.
struct ExpiringTokenError: Error {
  let cause: any Error
  let expiry: Timestamp

  /// Returns the cause of an error and the expiry that the answer must contain. The expiry is nil if the error is not
  /// an `ExpiringTokenError`.
  static func parts(of error: any Error) -> (cause: any Error, expiry: Timestamp?) {
    guard let error = error as? ExpiringTokenError else { return (error, nil) }
    return (error.cause, error.expiry)
  }
}

extension Caller {
  /// Answers a request of this caller. If the caller's API token expires soon, the answer contains the expiry.
  func answered(by answer: () async throws -> Response) async throws -> Response {
    guard let tokenExpiry else { return try await answer() }
    do {
      return try await answer().reporting(tokenExpiry)
    } catch {
      throw ExpiringTokenError(cause: error, expiry: tokenExpiry)
    }
  }
}

extension Response {
  /// Returns the answer with the expiry of the caller's API token in a header, or the unchanged answer if the expiry is
  /// nil.
  func reporting(_ tokenExpiry: Timestamp?) -> Response {
    guard let tokenExpiry else { return self }
    var response = self
    response.headers[named: "Reflog-Token-Expires"] = tokenExpiry.description
    return response
  }
}
