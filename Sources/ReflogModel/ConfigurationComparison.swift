/// The differences between the references of all steps at two moments.
package struct ConfigurationComparison: Sendable {
  /// The earlier moment.
  package let first: Timestamp
  /// The later moment.
  package let second: Timestamp
  /// The steps that differ, sorted by flow and step.
  package let differences: [ConfigurationDifference]
  /// The configurations of each compared step at the two moments. `before` is nil if the step was not recorded at the
  /// earlier moment.
  private let compared: [(before: ConnectorConfiguration?, after: ConnectorConfiguration)]

  /// The number of steps that were compared.
  package var comparedCount: Int { compared.count }

  /// Compares the references of all steps at two moments.
  ///
  /// - Parameters:
  ///   - first: The earlier moment, and the references at this moment.
  ///   - second: The later moment, and the references at this moment.
  ///   - edits: The edits of connectors between the moments, by the id of the connector.
  package init(
    from first: (moment: Timestamp, configurations: [ConnectorConfiguration]),
    to second: (moment: Timestamp, configurations: [ConnectorConfiguration]),
    edits: [ConnectorID: ConnectorEdits]
  ) {
    (self.first, self.second) = (first.moment, second.moment)
    let before = Dictionary(first.configurations.map { ($0.address, $0) }) { known, _ in known }
    compared = second.configurations.map { (before[$0.address], $0) }
    differences = compared.compactMap { before, after in
      ConfigurationDifference(before: before, after: after, edits: edits)
    }.sorted { $0.address < $1.address }
  }

  private init(
    _ comparison: ConfigurationComparison,
    by isSelected: (_ before: ConnectorConfiguration?, _ after: ConnectorConfiguration) -> Bool
  ) {
    (first, second) = (comparison.first, comparison.second)
    differences = comparison.differences.filter { isSelected($0.before, $0.after) }
    compared = comparison.compared.filter { isSelected($0.before, $0.after) }
  }

  /// Returns the differences that follow an address in the list, or all differences if the address is nil.
  ///
  /// The step with this address can be missing in the list. So the next page is correct even if the last difference of
  /// the previous page no longer exists.
  package func differences(behind address: Address?) -> ArraySlice<ConfigurationDifference> {
    differences.drop { difference in address.map { difference.address <= $0 } ?? false }
  }

  /// Returns a comparison that contains only the steps that a condition selects.
  ///
  /// ``comparedCount`` of the result counts only these steps.
  ///
  /// - Parameter isSelected: The condition. Its arguments are the configurations of a step at the two moments. The
  ///   first argument is nil if the step was not recorded at the earlier moment.
  package func filtered(
    by isSelected: (_ before: ConnectorConfiguration?, _ after: ConnectorConfiguration) -> Bool
  ) -> ConfigurationComparison {
    ConfigurationComparison(self, by: isSelected)
  }
}

/// A step that differs between two moments.
package struct ConfigurationDifference: Sendable {
  /// The kind of a difference.
  package enum Kind: String, Sendable, CaseIterable {
    /// The step has another reference.
    case reference
    /// The step has the same reference, and its connector was edited or deleted between the moments.
    case connector
    /// The reference at the first moment is unknown, because Reflog had not recorded the step yet.
    case unknown
    /// No difference is recorded, but a change of the step was pending at one of the moments or at both.
    ///
    /// The directory may have applied the pending change, so the step possibly had different references.
    case uncertain
  }

  package let kind: Kind
  /// The address of the step.
  package var address: Address { after.address }
  /// The configuration at the first moment, or nil if the step was not recorded then.
  package let before: ConnectorConfiguration?
  /// The configuration at the second moment.
  package let after: ConnectorConfiguration
  /// The edits of the step's connector between the moments, or nil if the kind is not ``Kind/connector``.
  package let edits: ConnectorEdits?

  /// Compares the configurations of a step. Fails if they do not differ.
  fileprivate init?(
    before: ConnectorConfiguration?,
    after: ConnectorConfiguration,
    edits: [ConnectorID: ConnectorEdits]
  ) {
    (self.before, self.after) = (before, after)
    let (first, second) = (before?.reference ?? .unknown, after.reference)
    if first != second {
      (kind, self.edits) = (first == .unknown ? .unknown : .reference, nil)
    } else if let connector = first.connectorID, let found = edits[connector] {
      (kind, self.edits) = (.connector, found)
    } else if before?.isCertain == false || !after.isCertain {
      (kind, self.edits) = (.uncertain, nil)
    } else {
      return nil
    }
  }

  /// The change that caused the difference: the newest edit of the connector, or the change that set the reference.
  ///
  /// The value is nil if the kind is ``Kind/uncertain``, because no change is known to have caused a difference.
  package var change: Change? { kind == .uncertain ? nil : edits?.changes.last ?? after.change }

  /// A sentence for people that describes the edits, or nil if the kind is not ``Kind/connector``.
  package var summary: String? { edits.map { "\($0.name) \($0.predicate("in between"))" } }
}
