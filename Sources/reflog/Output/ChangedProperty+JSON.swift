import ReflogModel

extension [Change.ChangedProperty] {
  /// Reads the member `changedProperties` of a change in JSON.
  ///
  /// The list is empty if the change wrote no properties.
  init(of change: JSONObject) {
    self = change.objects("changedProperties").compactMap { property in
      property["name"]?.string.map { name in
        Change.ChangedProperty(name: name, before: property["before"]?.string, after: property["after"]?.string)
      }
    }
  }
}
