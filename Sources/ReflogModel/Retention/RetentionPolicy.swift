/// How long history is kept.
package struct RetentionPolicy: Hashable, Sendable {
  /// The minimum number of days, except if the request that sets the policy overrides it.
  ///
  /// PCI DSS 10.5.1 requires twelve months of history. The additional days exist because an audit of a year takes place
  /// after the end of the year.
  package static let minimumDays = 400
  /// The maximum number of days.
  ///
  /// It is a century, and no rule requires more.
  package static let maximumDays = 36_500

  /// The number of days, or nil if history is kept for ever.
  package let days: Int?

  /// Creates a policy.
  package init(days: Int?) {
    self.days = days
  }

  /// Returns the moment from which history must be kept, or nil if all history must be kept.
  ///
  /// Changes that were settled earlier than this moment may be deleted.
  package func cutoff(at now: Timestamp) -> Timestamp? {
    days.map { now.before(.seconds($0 * 86_400)) }
  }
}
