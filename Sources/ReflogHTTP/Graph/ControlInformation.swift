import ReflogModel

/// The members that describe an object and are not properties of the object (OData JSON Format 4.01 §4.6).
///
/// Microsoft Graph adds these members to its answers. If a caller reads an object, edits the object and sends the
/// object back, the body contains these members too. So Reflog accepts the members, but does not forward them.
enum ControlInformation {
  private static let names: Set<String> = [
    "context", "metadataetag", "type", "etag", "editlink", "readlink", "navigationlink", "associationlink", "count",
    "mediaeditlink", "mediareadlink", "mediacontenttype", "mediaetag",
  ]

  /// Returns whether a member is control information, such as `@odata.context` or `languages@odata.context`.
  ///
  /// `@odata.id` and `@odata.bind` do not count as control information, because these members set a reference.
  static func contains(_ name: String) -> Bool {
    guard let at = name.utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
    // The text is compared byte by byte. A combining mark behind the `@` belongs to the annotation.
    let annotation = String(decoding: name.utf8[at...].dropFirst(), as: UTF8.self).asciiFolded
    if annotation == "microsoft.graph.tips" { return true }
    guard annotation.utf8.starts(with: "odata.".utf8) else { return false }
    return names.contains(String(decoding: annotation.utf8.dropFirst("odata.".utf8.count), as: UTF8.self))
  }
}

extension JSONObject {
  /// A copy of the object without the members that are control information.
  ///
  /// Nested objects are not changed, because the `@odata.type` in a nested object identifies the kind of the object.
  var withoutControlInformation: JSONObject {
    JSONObject(uniqueMembers: members.filter { !ControlInformation.contains($0.name) })
  }
}
