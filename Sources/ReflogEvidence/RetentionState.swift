import ReflogFormats
import ReflogModel

/// The retention policy, the legal holds and the purges at the time when an evidence pack is written.
struct RetentionState {
  let policy: RetentionPolicy
  let purge: Purge?
  let holds: [LegalHold]

  /// The content of the file with the retention policy.
  var json: JSONObject {
    policy.json + [
      "holds": .array(holds.map { .object($0.packedJSON) }),
      "newestPurge": purge.map { .object($0.json) } ?? .null,
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
