package import ReflogModel

extension ChangeInContext: Listed {
  /// The last segment of the list's path in the history API.
  package static let collection = Change.collection

  /// The members of the change, and the members that other changes add.
  ///
  /// Exported files contain only the members of the change, because a line of an export must never change.
  package static let members: [JSONMember<ChangeInContext>] =
    Change.members.map { member in JSONMember(member.name, schema: member.schema) { member.value($0.change) } } + [
      JSONMember("rolledBackBy") { .array($0.rolledBackBy.map { .string($0.description) }) },
      JSONMember("calledBy") { $0.calledBy.map { .array($0.map { .object($0.json) }) } ?? .null },
      JSONMember("knownNames") { context in
        .array(
          context.knownNames.sorted { $0.key < $1.key }.map { id, name in
            .object(["connectorId": .string(id.text), "displayName": .string(name)])
          }
        )
      },
    ]
}
