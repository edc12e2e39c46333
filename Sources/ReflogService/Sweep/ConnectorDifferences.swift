import ReflogModel

/// What a connector shows that nobody asked for through Reflog.
enum ConnectorDifferences {
  /// The properties that differ from what is to be expected: as it was last seen, and as it was written since.
  ///
  /// A property that was written with a value nobody can read back may be anything.
  ///
  /// - Parameters:
  ///   - seen: the connector as it was last seen; nothing where it was created through Reflog since.
  ///   - changes: what was done to it through Reflog since, oldest first.
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

  /// Everything that can be seen of a connector, as found where nothing was known.
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
  /// Whether both show the same.
  func isSame(as other: DirectoryConnector) -> Bool {
    ConnectorDifferences.between(self, [], found: other).isEmpty
      && ConnectorDifferences.between(other, [], found: self).isEmpty
  }
}
