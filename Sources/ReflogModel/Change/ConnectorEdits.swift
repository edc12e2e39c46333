/// The changes of one connector since a moment, such as the target time of a rollback.
///
/// A step that still calls the connector can now have a different effect, although the step's reference is the same.
package struct ConnectorEdits: Sendable {
  /// A reference to the connector, with the name that the connector had before the first change.
  package let connector: ConnectorReference
  /// The changes of the connector, oldest first.
  ///
  /// The list has at least one change.
  package let changes: [Change]
  /// Whether the list is possibly incomplete, because it has the maximum number of changes.
  ///
  /// If changes are missing, they are the oldest changes since the moment.
  package let isCut: Bool

  /// Creates the list of changes of a connector, or returns nil if `changes` is empty.
  ///
  /// - Parameters:
  ///   - changes: The changes of one connector, oldest first.
  ///   - limit: The maximum number of changes that the ledger returned.
  package init?(_ changes: [Change], limit: Int) {
    guard let first = changes.first else { return nil }
    connector = first.intent.before
    self.changes = changes
    isCut = changes.count >= limit
  }

  private init?(_ changes: [Change], isCut: Bool) {
    guard let first = changes.first else { return nil }
    connector = first.intent.before
    self.changes = changes
    self.isCut = isCut
  }

  /// Returns the changes that were settled after a moment, or nil if there are none.
  package func since(_ moment: Timestamp) -> ConnectorEdits? {
    let later = changes.filter { $0.newestDateTime > moment }
    return ConnectorEdits(later, isCut: isCut && later.count == changes.count)
  }

  /// The change that is shown if there is space for one change only.
  ///
  /// This is the newest change that affects more than the name of the connector. If all changes affect only the name,
  /// it is the newest change. The value is nil if there are no changes.
  package var mostTelling: Change? {
    let name = Change.ChangedProperty.displayNameName
    return changes.last { change in
      change.after == .none || (change.intent.changedProperties ?? []).contains { $0.name != name }
    } ?? changes.last
  }

  /// The name of the connector as people see it.
  package var name: String { connector.displayName ?? connector.connectorID?.text ?? "the connector" }

  /// A clause that describes the changes, and that can follow the name of the connector in a sentence.
  ///
  /// For example: `was edited since (change 18): targetUrl https://a.example → https://b.example`.
  package var predicate: String { predicate("since") }

  /// Returns a clause that describes the changes, and that can follow the name of the connector in a sentence.
  ///
  /// - Parameter time: The part of the clause that shows when the changes were made, for example `since`.
  package func predicate(_ time: String) -> String {
    guard let last = changes.last else { return "" }
    guard last.after != .none else { return "was deleted \(time) (change \(last.id))" }
    let properties = properties.map { name, before, after in
      before == nil && after == nil ? name : "\(name) \(before ?? "–") → \(after ?? "–")"
    }
    let text = "was edited \(time) (\(shownIDs))"
    return properties.isEmpty ? text : "\(text): \(properties.joined(separator: ", "))"
  }

  /// The ids of the newest changes, as text for people.
  private var shownIDs: String {
    let shown = changes.suffix(Self.mostShownIDs).map(\.id.description).joined(separator: ", ")
    if changes.count == 1 { return "change \(shown)" }
    return changes.count > Self.mostShownIDs || isCut ? "changes …, \(shown)" : "changes \(shown)"
  }

  private static let mostShownIDs = 3

  /// The changed properties, each with its value before the first change and its value after the last change.
  ///
  /// The order is that of the first change of each property. A property is left out if both values are equal. Both
  /// values are nil in three cases: the property is secret, only a hidden part of a URL differs, or the oldest changes
  /// are missing.
  private var properties: [(name: String, before: String?, after: String?)] {
    var names: [String] = []
    var values: [String: (before: String?, after: String?)] = [:]
    for property in changes.flatMap({ $0.intent.changedProperties ?? [] }) {
      if let known = values[property.name] {
        values[property.name] = (known.before, property.after)
      } else {
        names.append(property.name)
        values[property.name] = (property.before, property.after)
      }
    }
    return names.compactMap { name in
      guard let value = values[name] else { return nil }
      // The oldest changes are missing, so the value before all changes is not known.
      guard !isCut else { return (name, nil, nil) }
      guard let before = value.before, before == value.after else { return (name, value.before, value.after) }
      // The shown values are equal. If a part of the URL is hidden, the hidden parts can still differ.
      return SecretMask.hidesAPart(of: before) ? (name, nil, nil) : nil
    }
  }
}

/// A step whose connector was edited, as a part of the plan of a rollback to a time.
package struct EditedStep: Sendable {
  package let address: Address
  /// Whether the step has the same reference as at the target time, so the rollback does not change the step.
  package let isSameReference: Bool
  package let edits: ConnectorEdits

  /// Creates a step.
  package init(address: Address, isSameReference: Bool, edits: ConnectorEdits) {
    self.address = address
    self.isSameReference = isSameReference
    self.edits = edits
  }

  /// A sentence for people: the step calls a connector that was edited.
  ///
  /// The sentence is a warning, because a rollback does not restore the properties of a connector.
  package var summary: String {
    let start =
      isSameReference
      ? "the reference of \(address.step) of \(address.flow) is the same, but "
      : "\(address.step) of \(address.flow) will call \(edits.name) again, but "
    return start + "\(edits.name) \(edits.predicate)"
  }
}
