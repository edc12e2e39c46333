import ReflogModel

/// Converts the changed properties of a connector to the JSON text in the column `changed_properties`, and back.
enum ChangedPropertiesColumn {
  /// Returns the JSON text of changed properties.
  static func text(of properties: [Change.ChangedProperty]) -> String {
    properties.json.text
  }

  /// Returns the changed properties in a JSON text.
  ///
  /// - Throws: An error if the text is not exactly the text that Reflog writes for these properties.
  static func properties(of text: String) throws -> [Change.ChangedProperty] {
    let values = try JSONValue(parsing: text.utf8).array
    let properties = try (values ?? []).map { value in
      guard let object = value.object, let name = object["name"]?.string else {
        throw LedgerError.corrupt("a changed property has no name")
      }
      return Change.ChangedProperty(name: name, before: object["before"]?.string, after: object["after"]?.string)
    }
    guard Self.text(of: properties).utf8.elementsEqual(text.utf8) else {
      throw LedgerError.corrupt("the changed properties of a change are not valid")
    }
    return properties
  }
}
