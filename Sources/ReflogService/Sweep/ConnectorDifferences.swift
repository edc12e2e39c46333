import ReflogModel

/// The differences between a connector and what the ledger expects of it.
enum ConnectorDifferences {
  /// Returns the properties that differ from the expected ones: as they were last seen, then as Reflog wrote them.
  ///
  /// A property that was written with a value that can't be read back may have any value.
  ///
  /// - Parameters:
  ///   - seen: the connector as it was last seen, or nil if it was created through Reflog since then.
  ///   - changes: what was done to it through Reflog since then, oldest first.
  static func between(
    _ seen: DirectoryConnector?,
    _ changes: [Change],
    found: DirectoryConnector
  ) -> [Change.ChangedProperty] {
    var expected = seen.map(values) ?? [:]
    for property in changes.flatMap({ $0.intent.changedProperties ?? [] }) {
      expected[property.name] = property.after
    }
    return values(of: found).sorted { $0.key < $1.key }.compactMap { name, value in
      guard let before = expected[name], !before.utf8.elementsEqual(value.utf8) else { return nil }
      return Change.ChangedProperty(name: name, before: before, after: value)
    }
  }

  /// Returns all readable properties of a connector, for one that the ledger does not know.
  static func all(of connector: DirectoryConnector) -> [Change.ChangedProperty] {
    values(of: connector).sorted { $0.key < $1.key }.map { name, value in
      Change.ChangedProperty(name: name, before: nil, after: value)
    }
  }

  private static func values(of connector: DirectoryConnector) -> [String: String] {
    var values = [
      ConnectorProperties.displayName: connector.displayName, ConnectorProperties.targetURL: connector.targetURL,
    ]
    values[ConnectorProperties.authentication] = connector.authentication
    return values
  }
}

extension DirectoryConnector {
  /// Whether both have the same readable properties.
  func isSame(as other: DirectoryConnector) -> Bool {
    ConnectorDifferences.between(self, [], found: other).isEmpty
      && ConnectorDifferences.between(other, [], found: self).isEmpty
  }
}
