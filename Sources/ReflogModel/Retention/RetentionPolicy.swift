/// How long history is kept.
package struct RetentionPolicy: Hashable, Sendable {
  /// The fewest days without an override.
  ///
  /// Audits of a year take place after its end, and PCI DSS 10.5.1 requires twelve months of history.
  package static let minimumDays = 400
  /// The most days: a century, longer than any rule requires.
  package static let maximumDays = 36_500

  /// The number of days, or nil if history is kept for ever.
  package let days: Int?

  /// Creates a policy.
  package init(days: Int?) {
    self.days = days
  }

  /// Returns the moment before which settled changes need not be kept, or nil if all are kept.
  package func cutoff(at now: Timestamp) -> Timestamp? {
    days.map { now.before(.seconds($0 * 86_400)) }
  }
}
