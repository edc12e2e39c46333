import ReflogStorage

/// SQL expressions that find applied changes of an address: the newest one, the oldest one, and the one that shows
/// which connector the address called just before another change.
///
/// A change with a lower id is earlier. The index `change_applied` has separate ranges for changes with an effect and
/// for changes without an effect. So each expression finds one change in each range, and selects one of these two
/// changes.
enum AppliedChange {
  /// Returns an SQL expression for the id of the applied change that shows the reference of an address just before the
  /// change with the id `id`.
  ///
  /// This is the newest applied change with a lower id. If there is no such change, it is the oldest applied change,
  /// because its `before` is the reference that the address had earlier. If no change was applied at the address, the
  /// value of the expression is an id that no change has.
  static func showingReference(of address: String, before id: String, _ dialect: any Dialect) -> String {
    "coalesce(nullif(\(newest(at: address, before: id, dialect)), 0), \(oldest(at: address, dialect)))"
  }

  /// Returns an SQL expression for the row number of the connector that an address called just before the change with
  /// the id `id`.
  ///
  /// `change` is the name, in the SQL query, of the change that ``showingReference(of:before:_:)`` finds.
  static func connector(shownBy change: String, before id: String) -> String {
    "(CASE WHEN \(change).id < \(id) THEN \(change).after_connector ELSE \(change).before_connector END)"
  }

  /// Returns an SQL expression for the id of the newest applied change at an address.
  ///
  /// The value of the expression is 0 if there is no such change.
  ///
  /// - Parameters:
  ///   - address: The SQL expression for the row number of the address.
  ///   - id: An SQL expression for an id. Only changes with lower ids are considered. If the value is nil, all changes
  ///     are considered.
  ///   - dialect: The SQL of the database.
  static func newest(at address: String, before id: String? = nil, _ dialect: any Dialect) -> String {
    let bound = id.map { " AND applied.id < \($0)" } ?? ""
    func newest(withEffect: Bool) -> String {
      """
      coalesce((
        SELECT applied.id FROM change AS applied
        WHERE applied.address = \(address) AND \(History.isApplied("applied", withEffect: withEffect))\(bound)
        ORDER BY applied.id DESC LIMIT 1
      ), 0)
      """
    }
    return dialect.greater(newest(withEffect: true), newest(withEffect: false))
  }

  /// Returns an SQL expression for the id of the oldest applied change at an address.
  ///
  /// The value of the expression is the highest number if there is no such change. No change has this number as its id.
  static func oldest(at address: String, _ dialect: any Dialect) -> String {
    // `-a` is greater than `-b` if the id `a` is lower. So this expression finds the lowest id.
    func oldest(withEffect: Bool) -> String {
      """
      coalesce((
        SELECT -applied.id FROM change AS applied
        WHERE applied.address = \(address) AND \(History.isApplied("applied", withEffect: withEffect))
        ORDER BY applied.id LIMIT 1
      ), -9223372036854775807)
      """
    }
    return "-(\(dialect.greater(oldest(withEffect: true), oldest(withEffect: false))))"
  }
}
