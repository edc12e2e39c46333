extension Freeze {
  /// The content of a freeze that is not placed yet.
  package struct Draft: Sendable {
    package let scope: FreezeScope
    package let reason: String
    /// When the freeze begins, or nil if it begins immediately.
    package let from: Timestamp?
    /// When the freeze ends, or nil if it ends only when a person releases it.
    package let until: Timestamp?

    /// Creates a draft.
    package init(scope: FreezeScope, reason: String, from: Timestamp? = nil, until: Timestamp? = nil) {
      self.scope = scope
      self.reason = reason
      self.from = from
      self.until = until
    }
  }
}
