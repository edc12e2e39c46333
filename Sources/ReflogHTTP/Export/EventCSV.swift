import ReflogModel

/// Service events as CSV: RFC 4180, CRLF, UTF-8, always the same columns in the same order.
struct EventCSV: Sendable {
  let style: CSVStyle

  /// New columns are only ever appended.
  static let columns = [
    "id", "sequence", "activityDateTime", "kind", "count", "actorType", "actorProof", "actorId", "actorName",
    "actorUserPrincipalName", "clientAppId", "ipAddress", "details",
  ]

  var header: [UInt8] { style.header(Self.columns) }

  /// Appends one line, CRLF included.
  func write(_ event: ServiceEvent, to bytes: inout [UInt8]) {
    let actor = event.content.actor
    var line = CSVLine(appendedTo: bytes, style)
    bytes = []
    line.number(event.id)
    line.number(event.sequence)
    line.time(event.activityDateTime)
    line.word(event.content.kind.rawValue)
    line.number(Int64(event.content.count))
    line.word(actor?.type.rawValue)
    line.word(actor?.proof?.rawValue)
    line.text(actor?.id)
    line.text(actor?.name)
    line.text(actor?.userPrincipalName)
    line.text(actor?.clientAppID)
    line.text(actor?.ipAddress)
    line.text(JSONValue.object(event.content.details).text)
    bytes = line.ended()
  }
}
