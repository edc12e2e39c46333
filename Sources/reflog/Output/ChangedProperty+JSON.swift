import ReflogModel

extension [Change.ChangedProperty] {
  /// Reads the member `changedProperties` of a change in JSON.
  ///
  /// The list is empty if the change wrote no properties.
  init(_ value: JSONValue?) {
    self = (value?.array ?? []).compactMap(\.object).compactMap { property in
      property["name"]?.string.map { name in
        Change.ChangedProperty(name: name, before: property["before"]?.string, after: property["after"]?.string)
      }
    }
  }
}
