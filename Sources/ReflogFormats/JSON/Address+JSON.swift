package import ReflogModel

extension Address {
  /// The address as `{"flowType","flowId","step"}`.
  package var json: JSONObject {
    FlowName(of: self).json + [ChangeField.Plain.step.rawValue: .string(step.name)]
  }
}

extension ConnectorCaller {
  /// The caller as `{"flowType","flowId","step","certain"}`.
  var json: JSONObject {
    address.json + [ConfigurationField.Plain.certain.rawValue: .bool(isCertain)]
  }
}

extension FlowName {
  fileprivate var json: JSONObject {
    [
      ChangeField.Plain.flowType.rawValue: .string(flowType.rawValue),
      ChangeField.Plain.flowId.rawValue: .string(flow.text),
    ]
  }
}

extension FlowScope {
  /// The scope as `{"flowType","flowId"}`.
  ///
  /// Both members are null if the scope is all flows.
  package var json: JSONObject {
    switch self {
    case .flow(let flowType, let flow): FlowName(flowType, flow).json
    case .everything: [ChangeField.Plain.flowType.rawValue: .null, ChangeField.Plain.flowId.rawValue: .null]
    }
  }
}
