import GRDB
import ReflogModel

/// Finds out which indexes can answer a filter.
struct SeekResolver {
  private let db: Database

  init(_ db: Database) {
    self.db = db
  }

  /// Equalities of which everything that the filter lets through fulfils one; nothing where no index helps.
  func seeks(_ filter: ChangeFilter) throws -> [Seek]? {
    switch filter {
    case .comparison(let field, .eq, let value): return try seeks(field, value)
    case .comparison(.result, .ne, .text(Change.Result.applied.rawValue)): return [Self.notApplied]
    case .not(.comparison(.result, .eq, .text(Change.Result.applied.rawValue))): return [Self.notApplied]
    case .oneOf(let field, let values):
      var all: [Seek] = []
      for value in values {
        guard let found = try seeks(field, value) else { return nil }
        all += found
      }
      return all
    case .or(let left, let right):
      guard let left = try seeks(left), let right = try seeks(right) else { return nil }
      return left + right
    case .and(let left, let right):
      return better(try addressSeeks(filter.conjuncts), better(try seeks(left), try seeks(right)))
    case .comparison, .startsWith, .contains, .not: return nil
    }
  }

  /// Where a flow is asked for together with its type or a step, the addresses that are all of it.
  private func addressSeeks(_ terms: [ChangeFilter]) throws -> [Seek]? {
    var wanted: [ChangeField: String] = [:]
    for term in terms {
      guard case .comparison(let field, .eq, .text(let text)) = term else { continue }
      if field == .flowId || field == .flowType || field == .step { wanted[field] = text }
    }
    guard let flow = wanted[.flowId], wanted.count > 1 else { return nil }
    return try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT address.id FROM address JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
          WHERE flow.flow_id = :flow AND flow.flow_type = coalesce(:flowType, flow.flow_type) COLLATE NOCASE
            AND step.name = coalesce(:step, step.name)
          """
      ),
      arguments: ["flow": flow, "flowType": wanted[.flowType], "step": wanted[.step]]
    ).map { .row("address", $0, .step) }
  }

  /// The one that leaves fewer changes; what nothing can be is the fewest.
  private func better(_ left: [Seek]?, _ right: [Seek]?) -> [Seek]? {
    guard let left, let right else { return left ?? right }
    guard let leftWorst = left.map(\.selectivity).max() else { return left }
    guard let rightWorst = right.map(\.selectivity).max() else { return right }
    return (leftWorst.rawValue, left.count) <= (rightWorst.rawValue, right.count) ? left : right
  }

  private static let notApplied = Seek(condition: "change.result <> 'applied'", selectivity: .trouble)

  private func seeks(_ field: ChangeField, _ value: FilterValue) throws -> [Seek]? {
    guard case .text(let text) = value else { return nil }
    switch field {
    case .correlationId: return [try request("correlation_id", text, .request)]
    case .batchId: return [try request("batch_id", text.asciiFolded, .batch)]
    case .result:
      guard let result = Change.Result(rawValue: text) else { return [] }
      guard result != .applied else { return nil }
      return [
        Seek(condition: "change.result = '\(result.rawValue)' AND \(Self.notApplied.condition)", selectivity: .trouble)
      ]
    case .beforeConnectorId: return try connector(text).map { .row("before_connector", $0, .connector) }
    case .afterConnectorId:
      return try connector(text).flatMap { row -> [Seek] in
        [.row("after_connector", row, .connector), .row("created_connector", row, .connector)]
      }
    case .flowId:
      return try rows(
        "SELECT address.id FROM address JOIN flow ON flow.id = address.flow WHERE flow.flow_id = ?",
        text
      ).map { .row("address", $0, .flow) }
    case .userId: return try actors("user", text)
    case .servicePrincipalId: return try actors("app", text)
    case .tokenId: return try actors("token", text)
    case .userPrincipalName:
      return try rows("SELECT DISTINCT actor FROM actor_name WHERE user_principal_name = ?", text)
        .map { .row("actor", $0, .actor) }
    case .userDisplayName, .appDisplayName, .tokenDisplayName:
      return try rows("SELECT DISTINCT actor FROM actor_name WHERE name = ?", text).map { .row("actor", $0, .actor) }
    case .appId:
      return try rows("SELECT id FROM client_app WHERE app_id = ?", text).map { .row("client_app", $0, .clientApp) }
    default: return nil
    }
  }

  private func actors(_ type: String, _ id: String) throws -> [Seek] {
    try rows("SELECT id FROM actor WHERE actor_type = '\(type)' AND actor_id = ?", id).map { .row("actor", $0, .actor) }
  }

  private func connector(_ id: String) throws -> [Int64] {
    try rows("SELECT id FROM connector WHERE connector_id = ?", id)
  }

  private func rows(_ sql: String, _ text: String) throws -> [Int64] {
    try Int64.fetchAll(db.cachedStatement(sql: sql), arguments: [text])
  }

  /// The literal is made by SQLite itself, whatever stands in the text.
  private func request(_ column: String, _ id: String, _ selectivity: Seek.Selectivity) throws -> Seek {
    let literal = try String.fetchOne(
      db.cachedStatement(sql: "SELECT quote(?)"),
      arguments: [RequestIDColumn.value(of: id)]
    )
    return Seek(condition: "change.\(column) = \(literal ?? "NULL")", selectivity: selectivity)
  }
}
