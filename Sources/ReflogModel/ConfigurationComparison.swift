/// The differences between the references of all steps at two moments.
package struct ConfigurationComparison: Sendable {
  /// The earlier moment.
  package let first: Timestamp
  /// The later moment.
  package let second: Timestamp
  /// The steps that differ, sorted by flow and step.
  package let differences: [ConfigurationDifference]
  /// The number of steps that were compared.
  package let comparedCount: Int

  /// Compares the references of all steps at two moments.
  ///
  /// - Parameters:
  ///   - first: The earlier moment, and the references at this moment.
  ///   - second: The later moment, and the references at this moment.
  ///   - edits: The edits of connectors between the moments. The key is the id of the connector.
  package init(
    from first: (moment: Timestamp, configurations: [ConnectorConfiguration]),
    to second: (moment: Timestamp, configurations: [ConnectorConfiguration]),
    edits: [ConnectorID: ConnectorEdits]
  ) {
    (self.first, self.second) = (first.moment, second.moment)
    let before = Dictionary(first.configurations.map { ($0.address, $0) }) { known, _ in known }
    comparedCount = second.configurations.count
    differences = second.configurations.compactMap { after in
      ConfigurationDifference(before: before[after.address], after: after, edits: edits)
    }
  }

  private init(_ comparison: ConfigurationComparison, _ differences: [ConfigurationDifference]) {
    (first, second, comparedCount) = (comparison.first, comparison.second, comparison.comparedCount)
    self.differences = differences
  }

  /// Returns the comparison with only those differences that a condition selects.
  package func filtered(by isSelected: (ConfigurationDifference) -> Bool) -> ConfigurationComparison {
    ConfigurationComparison(self, differences.filter(isSelected))
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

  /// Compares the configurations of a step, or returns nil if they do not differ.
  fileprivate init?(
    before: ConnectorConfiguration?,
    after: ConnectorConfiguration,
    edits: [ConnectorID: ConnectorEdits]
  ) {
    (self.before, self.after) = (before, after)
    let (first, second) = (before?.reference ?? .unknown, after.reference)
    if first == second {
      guard let connector = first.connectorID, let found = edits[connector] else { return nil }
      (kind, self.edits) = (.connector, found)
    } else {
      (kind, self.edits) = (first == .unknown ? .unknown : .reference, nil)
    }
  }

  /// The change that made the difference: the newest edit of the connector, or the change that set the reference.
  package var change: Change? { edits?.changes.last ?? after.change }

  /// A sentence for people that describes the edits, or nil if the kind is not ``Kind/connector``.
  package var summary: String? { edits.map { "\($0.name) \($0.predicate("in between"))" } }
}
