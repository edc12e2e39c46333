package import ReflogModel

extension KeyReplacement {
  /// The replacement of a lost signing key as JSON.
  package var json: JSONObject {
    ["eventId": .string(String(event)), "dateTime": .string(time.description)] + details
  }
}

extension LedgerStatus {
  /// The status as JSON, for the server and the command line.
  package var json: JSONObject {
    [
      "directory": .string(directory.rawValue),
      "verifierKey": .optional(verifierKey),
      "tenantId": .string(tenantID),
      "newestChangeId": .optional(newestChange?.description),
      "newestSequence": newestSequence.map { .integer($0) } ?? .null,
      "newestChangeSequence": newestChangeSequence.map { .integer($0) } ?? .null,
      "pendingChanges": .integer(pendingChanges),
      "oldestPendingDateTime": .optional(oldestPending?.description),
      "verifiedDateTime": .optional(verified?.description),
      "unreadParts": .integer(unreadCount),
      "unread": .array(
        unread.map { part in
          .object([
            "name": .string(part.name), "sinceDateTime": .string(part.since.description),
            "reason": .string(part.reason),
          ])
        }
      ),
      "keyReplaced": keyReplacement.map { .object($0.json) } ?? .null,
    ]
  }
}
