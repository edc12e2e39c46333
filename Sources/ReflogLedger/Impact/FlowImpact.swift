import ReflogModel
import ReflogStorage

/// The changes of connectors that changed what the selected steps did, as one more source of the changes of a query.
///
/// A filter with a condition on flow ids selects addresses. A change of a connector belongs to the result if one of
/// these addresses called the connector when the change was made, and if the change matches the other conditions of the
/// filter. Whether an address called a connector is decided by the order of ids: the newest applied change at the
/// address with a lower id set the connector.
///
/// There are two ways to find these changes. If an index covers the other conditions, the index returns changes, and
/// each change is compared with the addresses. Otherwise the periods in which the addresses called connectors are read
/// in the order of the query, see ``CallPeriods``.
struct FlowImpact: Sendable {
  /// The row numbers of the addresses.
  let addresses: [Int64]
  /// The index lookups that cover the other conditions, or nil if the periods of the addresses are read.
  let lookups: [IndexLookup]?
  /// The other conditions, and the condition that a change does not match the whole filter.
  ///
  /// The query already finds the changes that match the whole filter.
  let filter: FilterSQL

  /// The maximum number of addresses, because a page reads at least one period of each address.
  static let maximumAddresses = 1000
  /// The maximum number of addresses that ``History/callers(of:among:)`` compares with the changes of a page.
  static let maximumNamedAddresses = 100

  /// Finds the addresses of a filter, or returns nil if the filter selects no addresses.
  ///
  /// - Parameters:
  ///   - filter: The filter of the query. Its conditions on flow type, flow id and step select the addresses if they
  ///     are joined to the other conditions by `and`.
  ///   - identities: The identity rows that match the tests in the filter.
  ///   - db: The connection of the read.
  /// - Throws: ``LedgerError/impactTooBroad(_:most:)`` if the filter selects too many addresses.
  init?(_ filter: ChangeFilter, _ identities: IdentityMatches, _ db: any LedgerConnection) throws {
    let terms = filter.conjuncts
    guard let selection = Self.all(of: terms.filter(\.isOnAddress)), selection.fields.contains(.plain(.flowId)),
      // If changes without an address match, the query finds all changes of connectors without this source.
      !selection.matches({ _ in .null })
    else { return nil }
    addresses = try Self.addresses(selection, db)
    guard !addresses.isEmpty else { return nil }
    guard addresses.count <= Self.maximumAddresses else {
      throw LedgerError.impactTooBroad(addresses.count, most: Self.maximumAddresses)
    }
    let others = Self.all(of: terms.filter { !$0.isOnAddress })
    let found = try others.flatMap { try IndexLookupResolver(db, identities).lookups($0) }
    lookups = found.flatMap { $0.valueCount > QueryPlan.maximumValues ? nil : $0 }
    let further = others.map { .and($0, .not(filter)) } ?? ChangeFilter.not(filter)
    self.filter = FilterSQL(further, identities, db.dialect, binding: "impact")
  }

  /// Returns a filter that joins terms by `and`, or nil if there is no term.
  private static func all(of terms: [ChangeFilter]) -> ChangeFilter? {
    terms.first.map { first in terms.dropFirst().reduce(first) { .and($0, $1) } }
  }

  /// Returns the row numbers of the addresses that a filter on flow type, flow id and step selects.
  private static func addresses(_ selection: ChangeFilter, _ db: any LedgerConnection) throws -> [Int64] {
    let flow = selection.conjuncts.lazy.compactMap(\.flowID).first
    return try db.rows(
      """
      SELECT address.id, flow.flow_type, flow.flow_id, step.name
      FROM address JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
      WHERE \(flow == nil ? "TRUE" : db.dialect.equalIgnoringCase("flow.flow_id", ":flow"))
      """,
      flow.map { ["flow": $0] } ?? [:]
    ) { row -> Int64? in
      let address = try row.address(1)
      let isSelected = selection.matches { field in
        switch field {
        case .plain(.flowType): .text(address.flowType.rawValue)
        case .plain(.flowId): .text(address.flow.text)
        case .plain(.step): .text(address.step.name)
        default: .null
        }
      }
      return isSelected ? try row.integer(0) : nil
    }.compactMap(\.self)
  }

  /// The row numbers of the addresses as the argument `:addresses`.
  var arguments: [String: SQLValue] {
    ["addresses": addresses.list]
  }

  /// Returns the condition that one of `:addresses` called the connector of a change when the change was made.
  private static func isCalled(_ dialect: any Dialect) -> String {
    """
    change.subject = 'connector' AND EXISTS (
      SELECT 1 FROM address AS calling CROSS JOIN change AS held
      WHERE calling.id IN (\(dialect.numbers(inArray: ":addresses")))
        AND held.id = \(newestApplied(at: "calling.id", before: "change.id", dialect))
        AND held.after_connector = \(History.connector(of: "change"))
    )
    """
  }

  /// Returns the SQL condition that a change belongs to this source.
  ///
  /// The condition contains the arguments of ``filter`` and ``arguments``.
  func condition(_ dialect: any Dialect) -> String {
    "(\(Self.isCalled(dialect)) AND \(filter.condition))"
  }

  /// Returns the index lookups with the condition that a change belongs to this source.
  ///
  /// The result is nil if the periods of the addresses are read instead.
  func filteredLookups(_ dialect: any Dialect) -> FilteredLookups? {
    let bound = filter.arguments.merging(arguments) { first, _ in first }
    return lookups.map { FilteredLookups($0, condition: condition(dialect), arguments: bound) }
  }

  /// Returns the SQL expression of the id of the newest applied change at an address with an id below another id.
  ///
  /// The value is 0 if there is none. The expression finds the newest change with an effect and the newest change
  /// without an effect, because the index `change_applied` stores these two kinds of changes separately.
  static func newestApplied(at address: String, before id: String, _ dialect: any Dialect) -> String {
    func newest(withEffect: Bool) -> String {
      """
      coalesce((
        SELECT earlier.id FROM change AS earlier
        WHERE earlier.address = \(address) AND \(History.isApplied("earlier", withEffect: withEffect))
          AND earlier.id < \(id)
        ORDER BY earlier.id DESC LIMIT 1
      ), 0)
      """
    }
    return dialect.greater(newest(withEffect: true), newest(withEffect: false))
  }
}

extension ChangeFilter {
  /// Whether the filter has conditions on flow type, flow id and step, and no other conditions.
  fileprivate var isOnAddress: Bool {
    fields.allSatisfy { [.plain(.flowType), .plain(.flowId), .plain(.step)].contains($0) }
  }

  /// The flow id that the filter requires, or nil if the filter is no equality of a flow id.
  fileprivate var flowID: String? {
    if case .comparison(.plain(.flowId), .eq, .text(let id)) = self { id } else { nil }
  }
}
