/// Protects the history of its scope from purges and erasures until it is released.
package struct LegalHold: Sendable {
  /// The most bytes of a name.
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
