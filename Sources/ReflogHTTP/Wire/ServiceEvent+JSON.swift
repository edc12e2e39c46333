import ReflogModel

extension ServiceEvent {
  /// The event as the history surface shows it.
  var json: JSONObject {
    [
      "id": .string(String(id)),
      "sequence": .integer(sequence),
      "activityDateTime": .string(activityDateTime.description),
      "kind": .string(content.kind.rawValue),
      "count": .integer(content.count),
      "initiatedBy": content.actor.map { .object($0.json) } ?? .null,
      "details": .object(content.details),
    ]
  }
}
