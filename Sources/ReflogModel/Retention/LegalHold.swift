/// What must be kept whatever its age, until somebody releases it.
package struct LegalHold: Sendable {
  package static let maximumNameLength = 64

  package let name: String
  package let scope: FlowScope
  package let reason: String
  package let placed: Timestamp

  package init(name: String, scope: FlowScope, reason: String, placed: Timestamp) {
    self.name = name
    self.scope = scope
    self.reason = reason
    self.placed = placed
  }
}
