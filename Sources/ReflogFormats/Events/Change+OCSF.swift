import ReflogModel

extension Change {
  /// The change as an event of the Open Cybersecurity Schema Framework (OCSF), version 1.8.0, class Entity Management
  /// (3004).
  ///
  /// Times are in milliseconds since 1970. If the class has no attribute for a member of Reflog's JSON, `unmapped`
  /// contains the member under the same name.
  var ocsf: JSONObject {
    var event: JSONObject = [
      "activity_id": .integer(activity.ocsf.id),
      "activity_name": .string(activity.ocsf.name),
      "category_uid": .integer(3),
      "category_name": .string("Identity & Access Management"),
      "class_uid": .integer(3004),
      "class_name": .string("Entity Management"),
      "type_uid": .integer(300_400 + activity.ocsf.id),
      "type_name": .string("Entity Management: \(activity.ocsf.name)"),
      "time": .integer(activityDateTime.milliseconds),
      "severity_id": .integer(severity.id),
      "severity": .string(severity.name),
      "status_id": .integer(ocsfStatus.id),
      "status": .string(ocsfStatus.name),
      "message": .string(sentence),
      "metadata": .object(ocsfMetadata),
      "entity": .object(entity(intent.before)),
      "unmapped": .object(JSONObject(known: self, Self.unmapped)),
    ]
    // The event has a resulting entity only if the directory set the intended reference.
    if result == .applied { event["entity_result"] = .object(entity(after)) }
    event.add("status_code", outcome?.code ?? outcome?.httpStatus.map(String.init))
    event.add("status_detail", outcome?.message)
    event.add("comment", intent.reason)
    if let actor = intent.actor.ocsf { event["actor"] = .object(actor) }
    if let address = intent.actor.ipAddress {
      // Some validators of OCSF require a name or a uid in addition to the IP address.
      event["src_endpoint"] = .object(["ip": .string(address), "name": .string(address)])
    }
    return event
  }

  /// The severity of the event.
  ///
  /// The severity is higher for changes that a person should check: drift, superseded changes, denied changes, and
  /// changes with an unknown outcome.
  private var severity: (id: Int64, name: String) {
    switch (intent.kind, result) {
    case (.drift, _), (_, .superseded), (_, .unknown): (3, "Medium")
    case (_, .denied), (_, .pending): (2, "Low")
    case (_, .applied), (_, .rejected), (_, .notApplied): (1, "Informational")
    }
  }

  private var ocsfStatus: (id: Int64, name: String) {
    switch result {
    case .applied: (1, "Success")
    case .rejected, .denied, .notApplied: (2, "Failure")
    case .pending, .unknown: (0, "Unknown")
    case .superseded: (99, "Superseded")
    }
  }

  private var ocsfMetadata: JSONObject {
    var metadata: JSONObject = [
      "version": .string("1.8.0"),
      "product": .object(["name": .string("Reflog"), "vendor_name": .string("Reflog")]),
      "uid": .string(id.description),
      "sequence": .integer(sequence),
      "log_name": .string("connectorChanges"),
      "event_code": .string(intent.kind.rawValue),
      "tenant_uid": .string(tenantID),
      "original_time": .string(activityDateTime.description),
    ]
    metadata.add("correlation_uid", intent.correlationID)
    if let resultDateTime { metadata["logged_time"] = .integer(resultDateTime.milliseconds) }
    return metadata
  }

  /// Returns the step or the connector that the change is about, with the reference as its data.
  private func entity(_ reference: ConnectorReference) -> JSONObject {
    var data: JSONObject = ["state": .string(reference.state.rawValue)]
    data.add("connector_id", reference.connectorID?.text)
    data.add("connector_name", reference.displayName)
    switch intent.subject {
    case .step(let address):
      return [
        "uid": .string(address.description), "name": .string("\(address.step) of \(address.flow)"),
        "type_id": .integer(99), "type": .string("apiConnectorConfiguration"), "data": .object(data),
      ]
    case .connector:
      let connector = reference.connectorID ?? after.connectorID ?? intent.before.connectorID
      var entity: JSONObject = [
        "uid": .string(connector?.text ?? "unknown"), "type_id": .integer(99), "type": .string("identityApiConnector"),
        "data": .object(data),
      ]
      entity.add("name", reference.displayName)
      return entity
    }
  }
}

extension Change.Activity {
  fileprivate var ocsf: (id: Int64, name: String) {
    switch self {
    case .create: (1, "Create")
    case .set: (3, "Update")
    case .delete: (4, "Delete")
    case .enable: (8, "Enable")
    case .disable: (9, "Disable")
    case .find: (99, "Other")
    }
  }
}

extension Change.Actor {
  /// The actor as an OCSF object, or nil if the actor is unknown.
  fileprivate var ocsf: JSONObject? {
    var actor: JSONObject = [:]
    switch type {
    case .unknown: return nil
    case .user:
      var user: JSONObject = [:]
      user.add("uid", id)
      user.add("name", userPrincipalName ?? name)
      user.add("full_name", name)
      actor["user"] = .object(user)
      actor.add("app_uid", clientAppID)
    case .app, .token:
      actor.add("app_uid", clientAppID ?? id)
      actor.add("app_name", name)
      var user: JSONObject = ["type_id": .integer(4), "type": .string("Service")]
      user.add("uid", id)
      user.add("name", name)
      actor["user"] = .object(user)
    }
    return actor
  }
}

extension Timestamp {
  fileprivate var milliseconds: Int64 { microseconds / 1000 }
}
