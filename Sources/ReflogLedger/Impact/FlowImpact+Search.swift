import ReflogModel
import ReflogStorage

extension FlowImpact {
  /// The maximum number of periods in one read, so that the read takes only a short time.
  static let maximumPeriods = 20_000

  /// Returns the SQL that selects the changes of the connector `:connector` with ids from `:first` to `:last`.
  ///
  /// The changes also fulfil ``filter``.
  func changesOfPeriod(ascending: Bool) -> String {
    """
    WHERE \(History.ofConnector) AND change.id BETWEEN :first AND :last AND \(filter.condition)
    ORDER BY change.id \(ascending ? "ASC" : "DESC") LIMIT :limit
    """
  }

  /// Reads the periods of the addresses, and returns the ids of the changes of connectors in these periods.
  ///
  /// The memory that the method needs depends on the limit and on the number of addresses, and not on the number of
  /// periods.
  ///
  /// - Parameters:
  ///   - ids: The range of ids.
  ///   - ascending: Whether the lowest ids are read first.
  ///   - limit: The number of changes after which the search ends early.
  ///   - most: The number of periods after which the search ends early.
  ///   - rows: Reads the ids of the changes.
  ///   - kept: Whether the prepared statements are kept for reuse.
  ///   - db: The connection of the read.
  /// - Returns: The ids of the found changes, and the part of the range that was searched. All matching changes in this
  ///   part were found.
  func search(
    _ ids: ClosedRange<Int64>,
    ascending: Bool,
    limit: Int,
    periods most: Int = FlowImpact.maximumPeriods,
    _ rows: ChangeRows,
    kept: Bool,
    _ db: any LedgerConnection
  ) throws -> (found: Set<Int64>, searched: ClosedRange<Int64>) {
    var (found, searched): (Set<Int64>, _) = ([], ids)
    func end(at id: Int64) {
      let id = min(max(id, searched.lowerBound), searched.upperBound)
      searched = ascending ? searched.lowerBound...id : id...searched.upperBound
    }
    let condition = changesOfPeriod(ascending: ascending)
    let budget = most / addresses.count
    for address in addresses {
      var periods = try CallPeriods(of: address, in: searched, ascending: ascending, db)
      var (count, read) = (0, 0)
      reading: while let batch = try periods.next() {
        for period in batch.periods {
          let arguments: SQLArguments = [
            "connector": period.connector, "first": period.ids.lowerBound, "last": period.ids.upperBound,
            "limit": limit - count,
          ]
          let changes = try rows.ids(condition, SQLArguments(filter.arguments) + arguments, kept: kept)
          found.formUnion(changes)
          count += changes.count
          if count >= limit, let last = changes.last {
            end(at: last)
            break reading
          }
        }
        read += batch.count
        if read > budget {
          end(at: periods.position)
          break
        }
      }
      found = found.filter(searched.contains)
    }
    return (found, searched)
  }
}
