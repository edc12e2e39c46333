package import ReflogModel

extension Freeze {
  /// The freeze as JSON.
  ///
  /// - Parameter time: The time at which the state of the freeze is shown.
  package func json(at time: Timestamp) -> JSONObject {
    let facts: JSONObject = [
      "reason": .optional(reason),
      "from": .string(from.description),
      "until": .optional(until?.description),
      "frozenDateTime": .string(placed.description),
      "releasedDateTime": .optional(released?.description),
      "initiatedBy": .object(actor.json),
    ]
    let identity: JSONObject = ["id": .string(String(id)), "state": .string(state(at: time).rawValue)]
    return identity + scope.json + facts + JSONObject(self, [Erased.member { $0.erased }])
  }
}

extension FreezeScope {
  /// The scope as `{"scope","flowType","flowId","step"}`.
  ///
  /// A member that the scope does not need is null.
  var json: JSONObject {
    let nothing: JSONObject = ["flowType": .null, "flowId": .null]
    return ["scope": .string(kind.rawValue)]
      + {
        switch self {
        case .everything: nothing + ["step": .null]
        case .flow(let flow): FlowScope.flow(flow.flowType, flow.flow).json + ["step": .null]
        case .address(let address): address.json
        }
      }()
  }
}
