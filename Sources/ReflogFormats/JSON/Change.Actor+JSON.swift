import ReflogModel

extension Change.Actor {
  /// The member `initiatedBy`.
  ///
  /// It has one of `user`, `app` and `token`; with a user, `app` names the calling client.
  var json: JSONObject { JSONObject(self, Self.members) }

  /// A member for each field.
  ///
  /// Fields whose paths begin with the same name form an object, or null if all of them are null.
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
  /// Their cells are empty if there is no actor.
  static func columns<Subject>(
    of actor: @escaping @Sendable (Subject) -> Change.Actor?
  ) -> [CSVColumn<Subject>] {
    cells.map { cell in CSVColumn(cell.name) { actor($0).map(cell.value) ?? .null } }
  }

  private static let cells: [CSVColumn<Change.Actor>] = [
    CSVColumn("actorType") { $0[.type] }, CSVColumn("actorProof") { $0[.proof] },
    CSVColumn("actorId") { .optional($0.id) }, CSVColumn("actorName") { .optional($0.name) },
    CSVColumn("actorUserPrincipalName") { .optional($0.userPrincipalName) }, CSVColumn("clientAppId") { $0[.appId] },
    CSVColumn("ipAddress") { $0[.ipAddress] },
  ]
}

extension ActorField {
  /// The last name in the field's path, and the name before it, or nil if there is only one.
  fileprivate var path: (part: String?, name: String) {
    let names = rawValue.split(separator: "/").map(String.init)
    return (names.count == 2 ? names[0] : nil, names.last ?? rawValue)
  }
}
