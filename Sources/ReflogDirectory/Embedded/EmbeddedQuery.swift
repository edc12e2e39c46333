import ReflogModel

/// Checks the query options of a request.
///
/// The embedded directory supports only `$expand`, and only in a read of a flow's configuration.
enum EmbeddedQuery {
  /// Throws a refusal if the request has any query option.
  static func refuse(_ query: [QueryItem]) throws(DirectoryRefusal) {
    if let item = query.first {
      throw .badRequest("The embedded directory does not support the query option \(item.name.printable) here.")
    }
  }

  /// Returns the steps in the value of `$expand`, a list separated by commas.
  ///
  /// The `$` is optional, as in the beta version of Microsoft Graph.
  static func expandedSteps(_ query: [QueryItem]) throws(DirectoryRefusal) -> [Step] {
    guard let item = query.first else { return [] }
    guard ["$expand", "expand"].contains(item.name.lowercased()) else {
      try refuse(query)
      return []
    }
    try refuse(Array(query.dropFirst()))
    var steps: [Step] = []
    for part in item.value.split(separator: ",", omittingEmptySubsequences: false) {
      guard let step = Step(part) else { throw .badRequest("$expand must be a list of steps, separated by commas.") }
      if !steps.contains(step) { steps.append(step) }
    }
    return steps
  }
}
