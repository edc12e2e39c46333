package import ReflogModel

/// Something that the history surface lists.
package protocol Listed: Sendable {
  /// What a list of them is called in a path.
  static var collection: String { get }
  /// The members of one in JSON, in order: what `$select` names.
  static var members: [JSONMember<Self>] { get }
}

extension Listed {
  /// It, as the history surface shows it.
  package var json: JSONObject { JSONObject(self, Self.members) }
}

/// Something listed of which all can be taken away as a file.
package protocol Exported: Listed {
  /// The columns of the CSV, in order. New ones are only ever appended.
  static var columns: [CSVColumn<Self>] { get }
  /// The number of the newest ledger entry about it.
  var sequence: Int64 { get }
}
