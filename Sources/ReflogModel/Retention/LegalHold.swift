/// A legal hold, which protects the history of the flows in its scope.
///
/// Until the legal hold is released, purges and erasures keep this history.
package struct LegalHold: Hashable, Sendable {
  /// The maximum length of a name in bytes.
  package static let maximumNameLength = 64

  package let name: String
  package let scope: FlowScope
  package let reason: String
  /// When the hold was placed.
  package let placed: Timestamp

  /// Creates a hold.
  package init(name: String, scope: FlowScope, reason: String, placed: Timestamp) {
    self.name = name
    self.scope = scope
    self.reason = reason
    self.placed = placed
  }
}
