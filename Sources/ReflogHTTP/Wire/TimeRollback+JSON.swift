import ReflogModel

extension TimeRollback {
  /// What the rollback is, as a plan and its progress show it.
  fileprivate var json: JSONObject {
    var (flowType, flow): (String?, String?) = (nil, nil)
    if case .flow(let type, let id) = scope { (flowType, flow) = (type.rawValue, id.text) }
    return [
      "batchId": .string(batchID), "asOf": .string(asOf.description), "flowType": .optional(flowType),
      "flowId": .optional(flow),
    ]
  }

  /// The plan: what would be done, in words too.
  func plan(_ steps: [Step]) -> JSONObject {
    var json = json
    // Nothing has been given an id yet.
    json["batchId"] = .null
    json["dryRun"] = .bool(true)
    json["value"] = .array(steps.map { .object($0.json) })
    return json
  }
}

extension TimeRollbackProgress {
  var json: JSONObject {
    var json = rollback.json
    json["state"] = .string(state.rawValue)
    json["value"] = .array(steps.map { .object($0.json) })
    return json
  }
}

extension TimeRollback.Step {
  /// `result` is nothing until there is a change, and `unknown` where nobody knows what stood there.
  fileprivate var json: JSONObject {
    [
      "flowType": .string(address.flowType.rawValue),
      "flowId": .string(address.flow.text),
      "step": .string(address.step.name),
      "before": .object(before.json),
      "after": .object(after.json),
      "result": change.map { .string($0.result.rawValue) } ?? (after == .unknown ? .string("unknown") : .null),
      "changeId": .optional(change?.id.description),
      "message": .optional(change?.result == .applied ? nil : problem ?? change?.outcome?.message),
      "summary": .string(summary),
    ]
  }
}
