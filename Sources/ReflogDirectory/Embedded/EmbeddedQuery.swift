import ReflogModel

/// Checks query options.
///
/// The embedded directory supports only `$expand`, and only for a flow's configuration.
enum EmbeddedQuery {
  /// Throws a refusal if there is any query option.
  static func refuse(_ query: [QueryItem]) throws(DirectoryRefusal) {
    if let item = query.first {
      throw .badRequest("The embedded directory does not support the query option \(item.name.printable) here.")
    }
  }

  /// Returns the steps that `$expand` names, separated by commas.
  ///
  /// The `$` is optional, as in Graph's beta.
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
