package import ReflogModel

extension RetentionPolicy {
  /// The policy as JSON; `days` is null if history is kept for ever.
  package var json: JSONObject {
    ["days": days.map { .integer($0) } ?? .null, "minimumDays": .integer(Self.minimumDays)]
  }
}

extension Purge {
  /// The purge as JSON; `finishedDateTime` is null while the purge is in progress.
  package var json: JSONObject {
    [
      "id": .string(String(id)), "before": .string(before.description), "askedDateTime": .string(asked.description),
      "finishedDateTime": .optional(finished?.description),
    ]
  }
}
