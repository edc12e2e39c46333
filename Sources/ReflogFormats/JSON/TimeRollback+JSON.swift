package import ReflogModel

extension TimeRollback {
  /// Returns the plan as JSON, with the planned items and a summary for people.
  ///
  /// `batchId` is null, because the rollback has not begun.
  package func plan(_ steps: [TimeRollback.Item]) -> JSONObject {
    json(batchID: nil) + ["dryRun": .bool(true), "value": .array(steps.map { .object($0.json) })]
  }

  fileprivate func json(batchID: String?) -> JSONObject {
    ["batchId": .optional(batchID), "asOf": .string(asOf.description)] + scope.json
  }
}

extension TimeRollbackProgress {
  /// The progress as JSON of the history API.
  package var json: JSONObject {
    rollback.json(batchID: rollback.batchID) + [
      "state": .string(state.rawValue), "value": .array(steps.map { .object($0.json) }),
    ]
  }
}

extension TimeRollback.Item {
  /// The item as JSON.
  ///
  /// `result` is null until a change was made for the step. It is `unknown` if the step's reference at the earlier time
  /// is unknown.
  fileprivate var json: JSONObject {
    address.json + [
      "before": .object(before.json),
      "after": .object(after.json),
      "result": change.map { .string($0.result.rawValue) } ?? (after == .unknown ? .string("unknown") : .null),
      "changeId": .optional(change?.id.description),
      "message": .optional(change?.result == .applied ? nil : problem ?? change?.outcome?.message),
      "summary": .string(summary),
    ]
  }
}
