import ReflogModel

extension Change.Actor {
  /// The member `initiatedBy`.
  ///
  /// The object contains `user`, `app` or `token`. For a user, `app` is also present if the user's application is
  /// known.
  var json: JSONObject { JSONObject(self, Self.members) }

  /// The members of an actor.
  ///
  /// If the paths of several fields begin with the same name, the fields are members of one object. If all of these
  /// fields are null, the object is null.
  private static let members: [JSONMember<Change.Actor>] = {
    var members: [JSONMember<Change.Actor>] = []
    for field in ActorField.allCases {
      guard let part = field.path.part else {
        members.append(JSONMember(field) { $0[field] })
        continue
      }
      guard members.last?.name != part else { continue }
      let fields = ActorField.allCases.filter { $0.path.part == part }
      let object = fields.map { field in JSONMember<Change.Actor>(field, field.path.name) { $0[field] } }
      members.append(
        JSONMember(part) { actor in
          fields.contains { !actor[$0].isNull } ? .object(JSONObject(actor, object)) : .null
        }
      )
    }
    return members
  }()

  /// Returns the columns of an actor in CSV.
  ///
  /// The cells are empty if the change or the service event has no actor.
  ///
  /// - Parameter value: A function that returns the value of a column for the actor of a change or a service event. The
  ///   function does not return the whole actor, because that would copy all texts of the actor for each column.
  static func columns<Subject>(
    value: @escaping @Sendable (Subject, CSVColumn<Change.Actor>) -> FilterValue
  ) -> [CSVColumn<Subject>] {
    cells.map { cell in CSVColumn(cell.name) { value($0, cell) } }
  }

  private static let cells: [CSVColumn<Change.Actor>] = [
    CSVColumn("actorType") { $0[.type] }, CSVColumn("actorProof") { $0[.proof] },
    CSVColumn("actorId") { .optional($0.id) }, CSVColumn("actorName") { .optional($0.name) },
    CSVColumn("actorUserPrincipalName") { .optional($0.userPrincipalName) }, CSVColumn("clientAppId") { $0[.appId] },
    CSVColumn("ipAddress") { $0[.ipAddress] },
  ]
}

extension ActorField {
  /// The last name in the field's path, and the name in front of the last name.
  ///
  /// `part` is nil if the path has only one name.
  fileprivate var path: (part: String?, name: String) {
    let names = rawValue.split(separator: "/").map(String.init)
    return (names.count == 2 ? names[0] : nil, names.last ?? rawValue)
  }
}
