import ReflogModel

/// A change of a connector, in the form that the page of a flow shows.
///
/// A step of the flow called the connector when the change was made.
struct ConnectorEdit: Sendable {
  /// The name of the connector, or the connector's id if the name is unknown.
  let name: String
  /// The id of the connector.
  let connector: String
  /// The verb of the sentence that describes the change, such as `was edited`.
  let verb: String
  /// The changed properties with their values, or nil if no property is recorded.
  let properties: String?
  /// The changed properties in few words, or nil if no property is recorded.
  let summary: String?
  let change: String
  let moment: Moment
  /// The end of a sentence that shows who made the change, such as `by Adele`.
  let attribution: Attribution
  /// The result, or nil if the change was applied.
  let result: String?

  /// The maximum length, in scalars, of the name and of the properties.
  private static let length = 160
  /// The maximum length, in scalars, of the properties in few words.
  private static let summaryLength = 100

  /// Creates the view of a change, or returns nil if the change is about a step or created the connector.
  init?(_ change: Change) {
    guard change.intent.subject == .connector, let id = change.intent.before.connectorID else { return nil }
    name = (change.intent.before.displayName ?? id.text).shortened(to: Self.length)
    connector = id.text
    verb = change.after == .none ? "was deleted" : "was edited"
    let changed = change.intent.changedProperties ?? []
    let written = changed.map { property in
      property.before == nil && property.after == nil
        ? property.name : "\(property.name) \(property.before ?? "–") → \(property.after ?? "–")"
    }
    properties = written.isEmpty ? nil : written.joined(separator: ", ").shortened(to: Self.length)
    // The target URL comes first, because it decides where the data of users is sent, and the end of the text can be
    // cut.
    let isURL = { (property: Change.ChangedProperty) in property.name == Change.ChangedProperty.targetURLName }
    summary = (changed.filter(isURL) + changed.filter { !isURL($0) }).summary?.shortened(to: Self.summaryLength)
    self.change = change.id.description
    moment = Moment(change.newestDateTime)
    attribution = Attribution(change)
    result = change.result == .applied ? nil : change.result.shownName
  }
}
