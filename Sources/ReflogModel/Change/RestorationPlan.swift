/// The effect that the restoration of the values before an edit of a connector would have at this moment.
///
/// Every restoration is judged by this type: the restoration on a page, over HTTP and with the command line.
package struct RestorationPlan: Sendable {
  /// The edit whose earlier values are restored.
  package let change: Change
  /// The values before the edit.
  package let values: ConnectorRestoration
  /// The changes of the connector that are later than the edit and were applied, may have been applied or are pending,
  /// newest first.
  package let later: [Change]
  /// The later changes that block the restoration, except if the caller permits them, newest first.
  ///
  /// These changes wrote the same properties, or may have written them. If so many changes are later that some of them
  /// are missing in ``later``, all changes in ``later`` block the restoration.
  package let supersededBy: [Change]

  /// The maximum number of later changes that are read.
  package static let maximumLaterCount = 100

  /// Creates a plan. Fails if the change is not an applied edit of a connector.
  ///
  /// - Parameters:
  ///   - change: The edit whose earlier values are restored.
  ///   - later: The later changes of the connector, newest first, at most ``maximumLaterCount``.
  package init?(_ change: Change, later: [Change]) {
    guard let values = ConnectorRestoration(of: change) else { return nil }
    self.change = change
    self.values = values
    self.later = later
    supersededBy = later.count < Self.maximumLaterCount ? values.overwriting(later) : later
  }

  /// The later change that deleted the connector or may have deleted it, or nil if the connector was not deleted.
  package var deletion: Change? { later.first { $0.after == .none && $0.result != .pending } }

  /// The reason why the values can't be restored in any case, as a clause, or nil if there is no such reason.
  package var obstacle: String? {
    deletion.map { "the connector was deleted later (change \($0.id)). Create another connector instead" }
      ?? values.obstacle(of: change.id)
  }

  /// Whether later changes block the restoration.
  ///
  /// - Parameter permitted: The later changes whose values the caller permits to replace.
  package func isBlocked(permitting permitted: RollbackRule.LaterChanges) -> Bool {
    guard let newest = supersededBy.first else { return false }
    return !permitted.permit(newest.id)
  }

  /// The properties that the restoration writes, with the newest recorded value and the restored value of each property.
  package var properties: [Change.ChangedProperty] {
    values.body.members.map { member in
      let newest = (later + [change]).lazy.compactMap { change in
        change.intent.changedProperties?.first { $0.name == member.name }
      }.first
      return Change.ChangedProperty(name: member.name, before: newest?.after, after: member.value.string)
    }
  }

  /// The name of the connector for people.
  package var connectorName: String {
    let newest = (later + [change]).lazy.compactMap(\.after.displayName).first
    return newest ?? values.connector.text
  }

  /// The effect of the restoration as a sentence for the caller.
  package var summary: String {
    let effects = properties.map { "\($0.name) will be \($0.after ?? "–"); it is now \($0.before ?? "–")" }
    return "\(connectorName): \(effects.joined(separator: ", and "))"
  }
}
