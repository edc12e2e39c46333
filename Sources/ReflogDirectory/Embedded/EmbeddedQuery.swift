import ReflogModel

/// What the embedded directory understands of a query: `$expand` where a flow's configuration is read, and nothing else.
enum EmbeddedQuery {
  static func refuse(_ query: [QueryItem]) throws(DirectoryRefusal) {
    if let item = query.first {
      throw .badRequest("The embedded directory does not know the query option \(item.name.printable) here.")
    }
  }

  /// The steps that `$expand` names, with commas between them; the `$` may be missing, as Graph's beta allows.
  static func expandedSteps(_ query: [QueryItem]) throws(DirectoryRefusal) -> [Step] {
    guard let item = query.first else { return [] }
    guard ["$expand", "expand"].contains(item.name.lowercased()) else {
      try refuse(query)
      return []
    }
    try refuse(Array(query.dropFirst()))
    var steps: [Step] = []
    for part in item.value.split(separator: ",", omittingEmptySubsequences: false) {
      guard let step = Step(part) else { throw .badRequest("$expand holds steps with commas between them.") }
      if !steps.contains(step) { steps.append(step) }
    }
    return steps
  }
}
