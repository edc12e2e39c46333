import ReflogModel
import ReflogService

extension Authentication {
  /// Returns the caller that a token identifies, and the caller's roles.
  ///
  /// The result is nil if the token is not valid. It is also nil if the roles do not permit the caller to read history,
  /// because the pages show history.
  func callerWithRole(
    bearing token: String,
    from ipAddress: String?
  ) async throws(ServiceError) -> (caller: Caller, roles: Set<Role>)? {
    guard let caller = try await caller(bearing: token, from: ipAddress), case .roles(let roles) = caller.credential,
      Policy.permits(caller, .read)
    else { return nil }
    return (caller, roles)
  }
}
