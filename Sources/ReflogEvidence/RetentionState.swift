import ReflogFormats
import ReflogModel

/// The retention policy, the legal holds and the purges at the time when an evidence pack is written.
struct RetentionState {
  let policy: RetentionPolicy
  let purge: Purge?
  let holds: [LegalHold]

  /// The content of the file with the retention policy.
  var json: JSONObject {
    [
      "days": policy.days.map { .integer($0) } ?? .null, "minimumDays": .integer(RetentionPolicy.minimumDays),
      "holds": .array(holds.map { .object($0.packedJSON) }),
      "newestPurge": purge.map { .object($0.packedJSON) } ?? .null,
    ]
  }
}

extension LegalHold {
  fileprivate var packedJSON: JSONObject {
    [
      "name": .string(name), "scope": .string(scope.text), "reason": .string(reason),
      "placedDateTime": .string(placed.description),
    ]
  }
}

extension Purge {
  fileprivate var packedJSON: JSONObject {
    [
      "id": .string(String(id)), "before": .string(before.description), "askedDateTime": .string(asked.description),
      "finishedDateTime": .optional(finished?.description),
    ]
  }
}
