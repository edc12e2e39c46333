import ReflogModel

/// Service events as CSV: RFC 4180, CRLF, UTF-8, always the same columns in the same order.
struct EventCSV: Sendable {
  let isRaw: Bool

  /// New columns are only ever appended.
  static let columns = [
    "id", "sequence", "activityDateTime", "kind", "count", "actorType", "actorProof", "actorId", "actorName",
    "actorUserPrincipalName", "clientAppId", "ipAddress", "details",
  ]

  var header: String { Self.columns.joined(separator: ",") + "\r\n" }

  func line(of event: ServiceEvent) -> String {
    let actor = event.content.actor
    return CSVCell.line(
      [
        String(event.id), String(event.sequence), event.activityDateTime.description, event.content.kind.rawValue,
        String(event.content.count), actor?.type.rawValue, actor?.proof?.rawValue, actor?.id, actor?.name,
        actor?.userPrincipalName, actor?.clientAppID, actor?.ipAddress, JSONValue.object(event.content.details).text,
      ],
      isRaw: isRaw
    )
  }
}
