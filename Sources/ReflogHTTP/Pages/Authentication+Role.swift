import ReflogModel
import ReflogService

extension Authentication {
  /// The caller that a token speaks for, where it has a role: pages open to no other.
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
