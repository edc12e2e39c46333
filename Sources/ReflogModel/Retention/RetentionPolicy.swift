/// How long history is kept.
package struct RetentionPolicy: Hashable, Sendable {
  /// Auditors of a year come after its end: PCI DSS 10.5.1 wants twelve months, and nobody should have to run after them.
  package static let minimumDays = 400
  /// A century: longer than anybody means.
  package static let maximumDays = 36_500

  /// Nothing where history is kept for ever.
  package let days: Int?

  package init(days: Int?) {
    self.days = days
  }

  /// What was settled before this moment need not be kept, seen from another one; nothing where all is.
  package func cutoff(at now: Timestamp) -> Timestamp? {
    days.map { now.before(.seconds($0 * 86_400)) }
  }
}
