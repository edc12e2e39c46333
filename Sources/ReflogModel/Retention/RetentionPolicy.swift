/// The policy that decides how long history is kept.
package struct RetentionPolicy: Hashable, Sendable {
  /// The minimum number of days; the request that sets the policy can override the minimum.
  ///
  /// PCI DSS 10.5.1 requires twelve months of history. The minimum is longer than a year, because the audit of a year
  /// takes place after the end of that year.
  package static let minimumDays = 400
  /// The maximum number of days.
  ///
  /// The maximum is about a century, because no rule requires more.
  package static let maximumDays = 36_500

  /// The number of days, or nil if history is kept for ever.
  package let days: Int?

  /// Creates a policy.
  package init(days: Int?) {
    self.days = days
  }

  /// Returns the moment from which history must be kept, or nil if all history must be kept.
  ///
  /// A purge can delete changes that were settled earlier than this moment.
  package func cutoff(at now: Timestamp) -> Timestamp? {
    days.map { now.before(.seconds($0 * 86_400)) }
  }
}
