package import ReflogModel

/// An item that the history API lists.
package protocol Listed: Sendable {
  /// The last segment of the list's path in the history API.
  static var collection: String { get }
  /// The members of an item in JSON, in order.
  ///
  /// `$select` accepts the names of these members.
  static var members: [JSONMember<Self>] { get }
}

extension Listed {
  /// The item as JSON of the history API.
  package var json: JSONObject { JSONObject(self, Self.members) }
}

/// An item that can be exported.
package protocol Exported: Listed {
  /// The columns in CSV, in order.
  ///
  /// Add a new column only at the end.
  static var columns: [CSVColumn<Self>] { get }
  /// The sequence of the newest log entry about the item.
  var sequence: Int64 { get }
}
