package import ReflogModel

/// The members and columns of a service event in each format, in order.
extension ServiceEvent: Exported {
  /// The last segment of the list's path in the history API.
  package static let collection = "serviceEvents"

  /// The members in JSON.
  package static let members: [JSONMember<ServiceEvent>] =
    EventField.Plain.allCases.map { field in JSONMember<ServiceEvent>(field) { $0[field] } } + [
      JSONMember(EventField.Part.initiatedBy.rawValue) { $0.content.actor.map { .object($0.json) } ?? .null },
      JSONMember(detailsName) { .object($0.shownDetails()) },
      Erased.member { $0.erased },
    ]

  /// The columns in CSV.
  package static let columns: [CSVColumn<ServiceEvent>] =
    EventField.Plain.allCases.map { field in CSVColumn<ServiceEvent>(field.rawValue) { $0[field] } }
    + Change.Actor.columns { event, column in event.content.actor.map(column.value) ?? .null }
    + [CSVColumn(detailsName) { .text(JSONValue.object($0.shownDetails()).text) }]
    + Erased.columns("erased") { $0.erased }

  private static let detailsName = "details"
}
