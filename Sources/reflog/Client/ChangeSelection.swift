import ReflogModel

/// The changes that a command requests.
struct ChangeSelection {
  /// The text of the filter, or nil for all changes.
  var filter: String?
  /// Whether a filter on flows also selects changes of connectors, if a step of the flows called the connector.
  var includesImpact = false

  /// The query options for the URL of a request.
  ///
  /// Each option has `&` in front.
  var options: String {
    guard let filter else { return "" }
    let scope = includesImpact ? "&\(QueryScope.option)=\(QueryScope.impact.rawValue)" : ""
    return "&$filter=\(filter.percentEncoded())\(scope)"
  }

  /// Returns the selected changes that also match the text of another filter.
  func and(_ further: String) -> ChangeSelection {
    ChangeSelection(filter: filter.map { "(\($0)) and \(further)" } ?? further, includesImpact: includesImpact)
  }

  /// Returns the query for the selected changes.
  ///
  /// The newest change is first, unless `isAscending` is true.
  func query(isAscending: Bool = false) throws -> ChangeQuery {
    ChangeQuery(
      filter: try filter.map(ChangeFilter.parse),
      isAscending: isAscending,
      includesImpact: includesImpact
    )
  }
}
