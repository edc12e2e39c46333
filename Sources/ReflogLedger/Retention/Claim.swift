import ReflogModel
import ReflogStorage

/// The newest claim of a purge or of an erasure: a service event that lists the data to delete next.
///
/// The event is recorded and signed before the data is deleted. So a signed event lists everything that a purge or an
/// erasure deletes. Claims are read from service events, because another program could alter a table that no hash
/// covers. Hashes cover the service events.
struct Claim {
  /// The service event that records the claim.
  let event: ServiceEvent

  /// Reads the newest claim of a kind.
  ///
  /// The result is nil if there is no claim of this kind, or if the newest claim was withdrawn.
  ///
  /// - Parameters:
  ///   - kind: The kind of events that record claims.
  ///   - withdrawal: The kind of events that withdraw claims of this kind.
  /// - Throws: ``LedgerError/corrupt(_:)`` if the event does not match the log.
  init?(_ kind: ServiceEvent.Kind, unless withdrawal: ServiceEvent.Kind, _ db: any LedgerConnection) throws {
    let newest = try EventRows.checked(
      "service_event.id = (SELECT id FROM claim_event WHERE kind IN (:kind, :withdrawal) ORDER BY id DESC LIMIT 1)",
      ["kind": kind.rawValue, "withdrawal": withdrawal.rawValue],
      db
    ).first
    guard let newest, newest.content.kind == kind else { return nil }
    event = newest
  }

  var details: JSONObject { event.content.details }

  /// Returns the numbers that the claim lists in the detail with this name, or no numbers if the claim has no such
  /// detail.
  func ids(_ name: String) -> IDRanges { event.content.ids(name) }
}

extension IDRanges {
  /// The numbers as a JSON array, in the form that ``Dialect/numbers(inArray:)`` needs.
  var jsonArray: String { JSONValue.array(ranges.joined().map { .integer($0) }).text }
}
