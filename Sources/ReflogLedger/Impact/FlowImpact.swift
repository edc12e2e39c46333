import ReflogModel
import ReflogStorage

/// The changes of connectors that a query adds to its result, because selected steps called these connectors.
///
/// The filter's conditions on flow type, flow id and step select addresses. A change of a connector belongs to the
/// result under two conditions: one of these addresses called the connector when the change was made, and the change
/// fulfils the rest of the filter. The order of ids decides whether an address called a connector: the newest applied
/// change at the address with a lower id set the connector. If the address has no such change, its oldest applied
/// change shows the connector that the address called earlier. The ledger does not contain the time when that earlier
/// call began. So the result can contain changes of the connector that were made before the address called the
/// connector.
///
/// There are two ways to find these changes. If an index covers the rest of the filter, the index returns changes, and
/// each change is compared with the addresses. Otherwise the periods in which the addresses called connectors are read
/// in the order of the query, see ``CallPeriods``.
struct FlowImpact: Sendable {
  /// The row numbers of the addresses.
  let addresses: [Int64]
  /// The index lookups for the filter's conditions that are not about a flow or a step.
  ///
  /// The value is nil if index lookups can't find the changes. Then ``CallPeriods`` is used.
  let lookups: [IndexLookup]?
  /// The filter's conditions that are not about a flow or a step, and the condition that the whole filter is false.
  ///
  /// A change that matches the whole filter is left out, because the query already finds the change.
  let filter: FilterSQL

  /// The maximum number of addresses, because a page reads at least one period of each address.
  static let maximumAddresses = 1000
  /// The maximum number of addresses that ``History/callers(of:among:)`` compares with the changes of a page.
  static let maximumNamedAddresses = 100

  /// Creates the impact on the addresses that a filter selects, or returns nil if the filter selects no addresses.
  ///
  /// - Parameters:
  ///   - filter: The filter of the query. Its conditions on flow type, flow id and step select the addresses if `and`
  ///     joins these conditions to the rest of the filter.
  ///   - identities: The rows of ids and names that match the filter's conditions on texts.
  ///   - db: The connection of the read.
  /// - Throws: ``LedgerError/impactTooBroad(_:most:)`` if the filter selects too many addresses.
  init?(_ filter: ChangeFilter, _ identities: IdentityMatches, _ db: any LedgerConnection) throws {
    let terms = filter.conjuncts
    guard let selection = Self.all(of: terms.filter(\.isOnAddress)), selection.fields.contains(.plain(.flowId)),
      // If the conditions on addresses are true even for a change without an address, the query already finds all
      // changes of connectors. Then there is no impact to add.
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
        AND held.id = \(AppliedChange.showingReference(of: "calling.id", before: "change.id", dialect))
        AND \(AppliedChange.connector(shownBy: "held", before: "change.id")) = \(History.connector(of: "change"))
    )
    """
  }

  /// Returns the SQL condition that selects the changes of ``FlowImpact``.
  ///
  /// The condition contains the placeholders of ``filter`` and ``arguments``.
  func condition(_ dialect: any Dialect) -> String {
    "(\(Self.isCalled(dialect)) AND \(filter.condition))"
  }

  /// Returns the index lookups, together with the condition that ``condition(_:)`` returns.
  ///
  /// The result is nil if ``CallPeriods`` is used.
  func filteredLookups(_ dialect: any Dialect) -> FilteredLookups? {
    let bound = filter.arguments.merging(arguments) { first, _ in first }
    return lookups.map { FilteredLookups($0, condition: condition(dialect), arguments: bound) }
  }
}

extension ChangeFilter {
  /// Whether the filter has conditions on flow type, flow id and step, and no other conditions.
  fileprivate var isOnAddress: Bool {
    fields.allSatisfy { [.plain(.flowType), .plain(.flowId), .plain(.step)].contains($0) }
  }

  /// The flow id that the filter requires, or nil if the filter does not compare the flow id with `eq`.
  fileprivate var flowID: String? {
    if case .comparison(.plain(.flowId), .eq, .text(let id)) = self { id } else { nil }
  }
}
