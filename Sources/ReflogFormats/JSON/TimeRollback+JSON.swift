package import ReflogModel

extension TimeRollbackPlan {
  /// The plan as JSON, with the planned items, the steps with edited connectors, and summaries for people.
  ///
  /// `batchId` is null, because the rollback has not begun.
  package var json: JSONObject {
    rollback.json(batchID: nil) + [
      "dryRun": .bool(true), "value": .array(steps.map { .object($0.json) }),
      "edited": .array(edited.map { .object($0.json) }),
    ]
  }
}

extension EditedStep {
  /// The step as JSON.
  fileprivate var json: JSONObject {
    address.json + [
      "connector": .object(edits.connector.json), "sameReference": .bool(isSameReference), "editedBy": edits.json,
      "summary": .string(summary),
    ]
  }
}

extension TimeRollback {
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
  /// `result` is null until the rollback has made a change for the step. `result` is `unknown` if the step's reference
  /// at the target time is unknown.
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
