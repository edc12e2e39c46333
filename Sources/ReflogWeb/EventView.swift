import ReflogModel

/// A service event in the form that pages show.
struct EventView: Sendable {
  let id: String
  /// The path of the page on which this event is the first service event.
  let path: String
  let time: Moment
  let kind: String
  let actor: String?
  /// The path of the page about the actor, or nil if there is no such page.
  let actorPath: String?
  /// The link to the event that erased the actor's personal data, or nil if it was not erased.
  let erased: ErasureLink?
  let count: Int
  let isMany: Bool
  let details: String

  /// The maximum lengths of texts, in scalars. The HTTP route for service events returns the full texts.
  private static let (nameLength, detailsLength) = (80, 300)

  /// Creates the view of an event.
  init(_ event: ServiceEvent) {
    id = String(event.id)
    path = "/integrity?behind=\(event.id + 1)#event-\(event.id)"
    time = Moment(event.activityDateTime)
    kind = event.content.kind.label
    actor = event.content.actor?.shownName(erased: event.erased).shortened(to: Self.nameLength)
    actorPath = event.content.actor?.pagePath
    erased = ErasureLink(event.erased)
    count = event.content.count
    isMany = event.content.count > 1
    details = Self.text(event.shownDetails(erasedReason: .string(Erased.placeholder)))
  }

  /// Returns the details in the form `name: value, …`. A member without a value is left out.
  private static func text(_ details: JSONObject) -> String {
    details.members.filter { $0.value != .null }.map { "\($0.name): \($0.value.string ?? $0.value.text)" }
      .joined(separator: ", ").shortened(to: detailsLength)
  }
}

extension ServiceEvent.Kind {
  /// The kind in plain text, for example `token created`.
  fileprivate var label: String {
    rawValue.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }
}
