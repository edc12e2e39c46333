import ReflogModel
import ReflogService

extension Authentication {
  /// Returns the caller that a token identifies, and the caller's roles.
  ///
  /// The result is nil if the token is not valid or has no role, because only a caller with a role can use the pages.
  func callerWithRole(
    bearing token: String,
    from ipAddress: String?
  ) async throws(ServiceError) -> (caller: Caller, roles: Set<Role>)? {
    guard let caller = try await caller(bearing: token, from: ipAddress), case .roles(let roles) = caller.credential,
      !roles.isEmpty
    else { return nil }
    return (caller, roles)
  }
}
