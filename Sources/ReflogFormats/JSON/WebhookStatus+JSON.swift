package import ReflogModel

extension WebhookStatus {
  /// The status as JSON.
  package var json: JSONObject {
    [
      "name": .string(name), "host": .string(host), "state": .string(state.rawValue),
      "waitingEntries": .integer(waitingEntries),
      "lastSuccessDateTime": .optional(lastSuccess?.description),
      "failingSinceDateTime": .optional(failingSince?.description),
      "lastError": .optional(lastError),
    ]
  }
}
