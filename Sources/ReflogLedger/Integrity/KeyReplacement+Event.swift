package import ReflogModel
import ReflogStorage

extension KeyReplacement {
  /// The service event that records the replacement.
  var content: ServiceEvent.Content { ServiceEvent.Content(.keyReplaced, details: details) }

  /// Reads a replacement from its event.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if the event lacks a detail.
  init(_ event: ServiceEvent) throws {
    let details = event.content.details
    guard let formerOrigin = details["formerOrigin"]?.string, let formerSize = details["formerSize"]?.wholeNumber,
      let formerRoot = details["formerRoot"]?.string.flatMap({ Hash(base64: $0) }),
      let formerKey = details["formerKey"]?.string, let origin = details["origin"]?.string,
      let key = details["key"]?.string, let reason = details["reason"]?.string
    else { throw LedgerError.corrupt("service event \(event.id) records a key replacement without its details") }
    self.init(
      event: event.id,
      time: event.activityDateTime,
      formerOrigin: try Origin(formerOrigin),
      formerSize: formerSize,
      formerRoot: formerRoot,
      origin: try Origin(origin),
      formerKey: try VerifierKey(formerKey),
      key: try VerifierKey(key),
      reason: reason
    )
  }

  /// Reads all replacements, oldest first.
  static func all(_ db: any LedgerConnection) throws -> [KeyReplacement] {
    try EventRows.ofKeys("kind = 'keyReplaced'", db).map { try KeyReplacement($0) }
  }

  /// Reads the newest replacement that no administrator has confirmed, or returns nil if there is none.
  static func unconfirmed(_ db: any LedgerConnection) throws -> KeyReplacement? {
    let newest = try EventRows.newestOfKeys("kind IN ('keyReplaced', 'keyReplacementConfirmed')", db)
    return try newest.flatMap { $0.content.kind == .keyReplaced ? try KeyReplacement($0) : nil }
  }
}

extension History {
  /// Returns the replacements of lost keys, oldest first.
  package func keyReplacements() async throws(LedgerError) -> [KeyReplacement] {
    try await read { db in try KeyReplacement.all(db) }
  }

  /// Returns the newest replacement of a lost key that no administrator has confirmed, or nil if there is none.
  package func unconfirmedKeyReplacement() async throws(LedgerError) -> KeyReplacement? {
    try await read { db in try KeyReplacement.unconfirmed(db) }
  }
}
