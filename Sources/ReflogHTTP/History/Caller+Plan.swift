import ReflogModel
import ReflogService

extension Caller {
  /// The member of a plan that says whether the caller's role permits the planned request.
  var permissionInPlan: JSONObject { ["rolePermits": .bool(Policy.permits(self, .change))] }
}
