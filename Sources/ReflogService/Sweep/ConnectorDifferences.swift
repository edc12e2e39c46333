import ReflogModel

/// Finds the differences between a connector in the directory and its expected properties.
enum ConnectorDifferences {
  /// Returns the properties whose values differ from the expected values.
  ///
  /// The expected value of a property is the value that Reflog last wrote. If Reflog did not write the property after
  /// the last observation, the expected value is the value in the observation. There are two exceptions. If Reflog
  /// wrote a value that can't be read back, every value of the property is accepted. If it is unknown whether Reflog's
  /// write was applied, both the old value and the written value are accepted.
  ///
  /// - Parameters:
  ///   - seen: The last observation of the connector, or nil if the connector was created through Reflog and not
  ///     observed yet.
  ///   - changes: The changes that Reflog made to the connector since that observation, oldest first.
  ///   - found: The connector that was read from the directory.
  static func between(
    _ seen: DirectoryConnector?,
    _ changes: [Change],
    found: DirectoryConnector
  ) -> [Change.ChangedProperty] {
    var expected = seen.map(values)?.mapValues { [$0] } ?? [:]
    for change in changes {
      for property in change.intent.changedProperties ?? [] {
        let kept = change.result == .unknown ? expected[property.name] : []
        expected[property.name] = property.after.flatMap { after in kept.map { $0 + [after] } }
      }
    }
    return values(of: found).sorted { $0.key < $1.key }.compactMap { name, value in
      guard let before = expected[name], !before.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else {
        return nil
      }
      return Change.ChangedProperty(name: name, before: before.first, after: value)
    }
  }

  /// Returns all readable properties of a connector that is not in the ledger yet.
  static func all(of connector: DirectoryConnector) -> [Change.ChangedProperty] {
    values(of: connector).sorted { $0.key < $1.key }.map { name, value in
      Change.ChangedProperty(name: name, before: nil, after: value)
    }
  }

  private static func values(of connector: DirectoryConnector) -> [String: String] {
    var values: [String: String] = [:]
    if connector.isComplete {
      values = [
        ConnectorProperties.displayName: connector.displayName, ConnectorProperties.targetURL: connector.targetURL,
      ]
    }
    values[ConnectorProperties.authentication] = connector.authentication
    return values
  }
}

extension DirectoryConnector {
  /// Returns whether this connector and another connector have the same readable properties.
  func isSame(as other: DirectoryConnector) -> Bool {
    ConnectorDifferences.between(self, [], found: other).isEmpty
      && ConnectorDifferences.between(other, [], found: self).isEmpty
  }
}
