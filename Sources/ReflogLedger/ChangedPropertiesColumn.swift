import ReflogModel

/// The changed properties of a connector as the JSON text of their column.
enum ChangedPropertiesColumn {
  static func text(of properties: [Change.ChangedProperty]) -> String {
    properties.json.text
  }

  static func properties(of text: String) throws -> [Change.ChangedProperty] {
    let values = try JSONValue(parsing: text.utf8).array
    let properties = try (values ?? []).map { value in
      guard let object = value.object, let name = object["name"]?.string else {
        throw LedgerError.corrupt("a changed property without a name")
      }
      return Change.ChangedProperty(name: name, before: object["before"]?.string, after: object["after"]?.string)
    }
    guard Self.text(of: properties).utf8.elementsEqual(text.utf8) else {
      throw LedgerError.corrupt("changed properties hold what Reflog does not write")
    }
    return properties
  }
}
