import ReflogModel
import ReflogStorage

/// The periods in which one address called a connector. They are read in batches, in the order of a query.
///
/// A period begins at an effective change at the address and ends at the next effective change. A change without an
/// effect does not end a period, because it sets the reference that the address already has. The first period of an
/// address has no recorded beginning. In this period, the address called the connector that is the `before` of its
/// oldest applied change.
struct CallPeriods {
  /// A period in which the address called one connector.
  struct Period {
    /// The row number of the connector.
    let connector: Int64
    /// The ids between the change that begins the period and the change that ends it.
    let ids: ClosedRange<Int64>
  }

  /// The periods of an address that one SQL query returned.
  struct Batch {
    /// The periods in which the connector may have been changed.
    var periods: [Period] = []
    /// The number of periods that were read, with and without changes of the connector.
    var count = 0
  }

  /// The number of periods in the first batch, and the maximum number in a later batch.
  private static let sizes = (first: 16, last: 256)

  private let address: Int64
  private let ids: ClosedRange<Int64>
  private let isAscending: Bool
  private let db: any LedgerConnection
  private var size = Self.sizes.first
  /// The position of the next batch.
  ///
  /// In ascending order, the position is the id of the effective change that begins the next period. The position is 0
  /// for the first period of the address. In descending order, the position is the id at which the next period ends.
  private(set) var position: Int64
  private var isOver = false

  /// Creates a reader for those periods of an address that contain at least one of these ids.
  init(of address: Int64, in ids: ClosedRange<Int64>, ascending: Bool, _ db: any LedgerConnection) throws {
    (self.address, self.ids, isAscending, self.db) = (address, ids, ascending, db)
    position = ascending ? try Self.start(of: ids.lowerBound, at: address, db) : ids.upperBound + 1
  }

  /// Returns the id of the newest effective change with this id or a lower id, or 0 if there is none.
  private static func start(of id: Int64, at address: Int64, _ db: any LedgerConnection) throws -> Int64 {
    try db.integer(
      """
      SELECT change.id FROM change
      WHERE change.address = :address AND \(History.isEffective) AND change.id <= :id ORDER BY change.id DESC LIMIT 1
      """,
      ["address": address, "id": id]
    ) ?? 0
  }

  /// Returns the next batch, or nil after the last batch.
  mutating func next() throws -> Batch? {
    guard !isOver else { return nil }
    let wanted = isAscending ? size + 1 : size
    var rows = try db.rows(Self.sql(ascending: isAscending, db.dialect), arguments(wanted)) { row in
      (
        start: try row.integer(0), connector: try row.optionalInteger(1), end: try row.integer(2),
        isChanged: !row.isNull(3)
      )
    }
    isOver = rows.count < wanted || (!isAscending && (rows.last.map { $0.start <= ids.lowerBound } ?? true))
    // In ascending order, the end of the last period of a full batch is not known yet. So this period is left for the
    // next batch.
    let isFirst = isAscending && position == 0
    let next = isAscending && !isOver ? rows.removeLast().start : rows.last?.start ?? position
    var batch = Batch(count: rows.count)
    batch.periods = rows.compactMap { $0.isChanged ? period($0.connector, from: $0.start, to: $0.end) : nil }
    if isAscending {
      if isFirst { try addFirst(to: &batch, before: rows.first?.start ?? ids.upperBound + 1) }
    } else if isOver, next > ids.lowerBound {
      try addFirst(to: &batch, before: next)
    }
    position = next
    size = min(size * 4, Self.sizes.last)
    return batch
  }

  private func arguments(_ count: Int) -> SQLArguments {
    ["address": address, "start": position, "lowest": ids.lowerBound, "highest": ids.upperBound, "count": count]
  }

  /// Returns the period between two changes.
  ///
  /// The result is nil if the address called no connector in this period, or if no id is between the two changes.
  private func period(_ connector: Int64?, from start: Int64, to end: Int64) -> Period? {
    let (first, last) = (max(start + 1, ids.lowerBound), min(end - 1, ids.upperBound))
    guard let connector, first <= last else { return nil }
    return Period(connector: connector, ids: first...last)
  }

  /// Adds the period that ends at the oldest effective change of the address.
  ///
  /// - Parameters:
  ///   - batch: The batch with the oldest periods.
  ///   - end: The id of the oldest effective change. If no effective change is in the range, the id that follows the
  ///     range.
  private func addFirst(to batch: inout Batch, before end: Int64) throws {
    let connector = try db.integer(
      """
      SELECT change.before_connector FROM change
      WHERE change.id = \(AppliedChange.oldest(at: ":address", db.dialect))
      """,
      ["address": address]
    )
    guard let period = period(connector, from: 0, to: end) else { return }
    batch.periods.insert(period, at: isAscending ? 0 : batch.periods.endIndex)
  }

  /// Returns the SQL that reads the next periods.
  ///
  /// A row contains the change that begins the period, the connector, the change that ends the period, and a change of
  /// the connector within the period. The last column is NULL if the connector was not changed in the period.
  ///
  /// The plus sign in front of the connector removes the type of the column. Otherwise SQLite would convert the
  /// expression on the left side to this type, and could not use the index.
  ///
  /// - Parameters:
  ///   - ascending: Whether the oldest period is first.
  ///   - dialect: The SQL of the database.
  static func sql(ascending: Bool, _ dialect: any Dialect) -> String {
    let (bound, order) = ascending ? ("change.id BETWEEN :start AND :highest", "ASC") : ("change.id < :start", "DESC")
    let end =
      ascending ? "lead(boundary.id, 1, CAST(:highest AS bigint) + 1)" : "lag(boundary.id, 1, CAST(:start AS bigint))"
    return """
      SELECT period.start_id, period.connector, period.end_id, (
          SELECT edit.id FROM \(dialect.table("change AS edit", index: "change_connector"))
          WHERE \(History.connector(of: "edit")) = +period.connector AND edit.subject = 'connector'
            AND edit.id > period.start_id AND edit.id < period.end_id AND edit.id BETWEEN :lowest AND :highest
          ORDER BY edit.id LIMIT 1
        )
      FROM (
        SELECT boundary.id AS start_id, boundary.connector, \(end) OVER (ORDER BY boundary.id \(order)) AS end_id
        FROM (
          SELECT change.id, change.after_connector AS connector FROM change
          WHERE change.address = :address AND \(History.isEffective) AND \(bound)
          ORDER BY change.id \(order) LIMIT :count
        ) AS boundary
      ) AS period
      ORDER BY period.start_id \(order)
      """
  }
}
