import ReflogModel

extension Change {
  /// The change as an AuditEvent, version 0.1.2, of Microsoft Sentinel's Advanced Security Information Model (ASIM).
  ///
  /// If the schema has no field for a member of Reflog's JSON, `AdditionalFields` contains the member under the same
  /// name.
  var asim: JSONObject {
    var event: JSONObject = [
      "TimeGenerated": .string(newestDateTime.description),
      "EventCount": .integer(1),
      "EventStartTime": .string(activityDateTime.description),
      "EventEndTime": .string(newestDateTime.description),
      "EventType": .string(activity.asim),
      "EventResult": .string(asimResult),
      "EventResultDetails": .string(result.rawValue),
      "EventProduct": .string("Reflog"),
      "EventVendor": .string("Reflog"),
      "EventSchema": .string("AuditEvent"),
      "EventSchemaVersion": .string("0.1.2"),
      "EventSeverity": .string(intent.kind == .drift ? "Medium" : result == .denied ? "Low" : "Informational"),
      "EventOriginalUid": .string(id.description),
      "EventOriginalType": .string(intent.kind.rawValue),
      "EventMessage": .string(sentence),
      "Dvc": .string("Reflog"),
      "Operation": .string(operation),
      "Object": .string(object),
      "ObjectType": .string("Configuration Atom"),
      "ActorScopeId": .string(tenantID),
      "TargetAppName": .string("Microsoft Entra user flows"),
      "TargetAppType": .string("SaaS application"),
      "OldValue": .string(intent.before.asimValue),
      "ValueType": .string("Other"),
      "AdditionalFields": .object(JSONObject(known: self, Self.additional)),
    ]
    // The event has a new value only if the directory set the intended reference.
    if result == .applied { event["NewValue"] = .string(after.asimValue) }
    event.add("ActorUserId", intent.actor.id)
    event.add("ActorUserIdType", intent.actor.id == nil ? nil : intent.actor.type == .token ? "Other" : "AADID")
    event.add("ActorUsername", intent.actor.userPrincipalName ?? intent.actor.name)
    event.add(
      "ActorUsernameType",
      intent.actor.userPrincipalName != nil ? "UPN" : intent.actor.name.map { _ in "Simple" }
    )
    event.add("ActorUserType", intent.actor.asimType)
    event.add("ActingAppId", intent.actor.clientAppID)
    if intent.actor.clientAppID != nil { event["ActingAppType"] = .string("Other") }
    event.add("SrcIpAddr", intent.actor.ipAddress)
    return event
  }

  private var asimResult: String {
    switch result {
    case .applied: "Success"
    case .rejected, .denied, .notApplied: "Failure"
    case .superseded: "Partial"
    case .pending, .unknown: "NA"
    }
  }

  private var operation: String {
    switch intent.subject {
    case .step: "Set API connector of user flow step"
    case .connector: "Write API connector"
    }
  }

  private var object: String {
    switch intent.subject {
    case .step(let address): address.description
    case .connector: (after.connectorID ?? intent.before.connectorID)?.text ?? "unknown"
    }
  }
}

extension Change.Activity {
  fileprivate var asim: String {
    switch self {
    case .create: "Create"
    case .set: "Set"
    case .delete: "Delete"
    case .enable: "Enable"
    case .disable: "Disable"
    case .find: "Other"
    }
  }
}

extension ConnectorReference {
  /// The reference in the form of an ASIM value: the connector's id, `none` or `unknown`.
  var asimValue: String {
    switch self {
    case .connector(let id, _): id.text
    case .none: "none"
    case .unknown: "unknown"
    }
  }
}

extension Change.Actor {
  fileprivate var asimType: String {
    switch type {
    case .user: "Regular"
    case .app: "Application"
    case .token: "Application"
    case .unknown: "Other"
    }
  }
}
