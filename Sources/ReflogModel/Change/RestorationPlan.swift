/// The effect that a restoration of a connector would have at this moment.
///
/// This type decides about every restoration: on a page, over HTTP and on the command line.
package struct RestorationPlan: Sendable {
  /// The edit whose earlier values are restored.
  package let change: Change
  /// The values before the edit.
  package let values: ConnectorRestoration
  /// The changes of the connector that are later than the edit, newest first.
  ///
  /// The list contains the changes that were applied, the changes that may have been applied, and the pending change.
  package let later: [Change]
  /// The later change that set the values from before the edit again, or nil if these values are not known to be the
  /// newest.
  ///
  /// If a read of the connector shows these values too, a restoration sends nothing, and this change is its result.
  package let done: Change?
  /// The later changes, newest first, that block the restoration unless the caller allows their values to be replaced.
  ///
  /// A change blocks the restoration if it wrote, or may have written, a property that the edit wrote. There is one
  /// exception: if ``later`` has the maximum number of changes, older changes can be missing from it, so every change
  /// in ``later`` blocks the restoration. `supersededBy` is empty if a later change already set the values (see
  /// ``done``).
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
    let isWhole = later.count < Self.maximumLaterCount
    let overwriting = isWhole ? values.overwriting(later) : later
    done = isWhole ? Self.done(values, overwriting) : nil
    supersededBy = done == nil ? overwriting : []
  }

  /// Returns the newest of some later changes if these changes set the values from before the edit again.
  private static func done(_ values: ConnectorRestoration, _ later: [Change]) -> Change? {
    guard values.isComplete, let newest = later.first else { return nil }
    let isDone = values.body.members.allSatisfy { member in
      // A change without a list of properties may have written any property.
      let writer = later.first { $0.intent.changedProperties?.contains { $0.name == member.name } ?? true }
      guard let writer, writer.result == .applied, let value = member.value.string else { return false }
      return writer.intent.changedProperties?.contains { $0.name == member.name && $0.after == value } ?? false
    }
    return isDone ? newest : nil
  }

  /// The later change that deleted the connector or may have deleted it, or nil if the connector was not deleted.
  package var deletion: Change? { later.first { $0.after == .none && $0.result != .pending } }

  /// The reason, as a clause, why the values can't be restored even if the caller permits it, or nil if there is none.
  package var obstacle: String? {
    deletion.map { "the connector was deleted later (change \($0.id)). Create another connector instead" }
      ?? values.obstacle(of: change.id)
  }

  /// Returns whether later changes block the restoration.
  ///
  /// - Parameter permitted: The later changes whose values may be replaced, according to the caller.
  package func isBlocked(permitting permitted: RollbackRule.LaterChanges) -> Bool {
    guard let newest = supersededBy.first else { return false }
    return !permitted.permit(newest.id)
  }

  /// The properties that the restoration writes, with the newest recorded value and the restored value of each
  /// property.
  ///
  /// The plan does not read the directory. So if a person edited the connector without Reflog, the value in the
  /// directory can differ from the newest recorded value.
  package var properties: [Change.ChangedProperty] {
    values.body.members.map { member in
      let newest = (later + [change]).lazy.compactMap { change in
        change.intent.changedProperties?.first { $0.name == member.name }
      }.first
      return Change.ChangedProperty(name: member.name, before: newest?.after, after: member.value.string)
    }
  }

  /// The name of the connector as people see it.
  package var connectorName: String {
    let newest = (later + [change]).lazy.compactMap(\.after.displayName).first
    return newest ?? values.connector.text
  }

  /// The effect of the restoration as a sentence for the caller.
  package var summary: String {
    if let done {
      return "\(connectorName): change \(done.id) has already restored these values, so nothing will be sent"
    }
    let effects = properties.map {
      "\($0.name) will be \($0.after ?? "–"); the newest recorded value is \($0.before ?? "–")"
    }
    return "\(connectorName): \(effects.joined(separator: ", and "))"
  }
}
