import ReflogFormats
import ReflogModel
import ReflogTesting
import Testing

/// Tests of the export of changes as OCSF 1.8.0 events of the class Entity Management.
///
/// Source: schema.ocsf.io/1.8.0/classes/entity_management.
struct OCSFTests {
  @Test func aChangeOfAStepHasEveryMember() throws {
    let event = try SampleChange.line(of: SampleChange.change(), .ocsf)

    let members: [(path: String, value: JSONValue)] = [
      ("activity_id", .number("3")), ("activity_name", "Update"),
      ("category_uid", .number("3")), ("category_name", "Identity & Access Management"),
      ("class_uid", .number("3004")), ("class_name", "Entity Management"),
      ("type_uid", .number("300403")), ("type_name", "Entity Management: Update"),
      ("time", .number("1795425302123")),
      ("severity_id", .number("1")), ("severity", "Informational"),
      ("status_id", .number("1")), ("status", "Success"), ("status_code", "204"),
      ("comment", "CHG0042"),
      (
        "message",
        .string(
          "postFederationSignup of B2C_1_signup: from Fraud check (3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01) to "
            + "Fraud check (new vendor) (8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602) (update, applied)"
        )
      ),
      ("metadata/version", "1.8.0"), ("metadata/product/name", "Reflog"), ("metadata/product/vendor_name", "Reflog"),
      ("metadata/uid", "5"), ("metadata/sequence", .number("9")), ("metadata/log_name", "connectorChanges"),
      ("metadata/event_code", "update"), ("metadata/tenant_uid", "tenant"),
      ("metadata/correlation_uid", "correlation"), ("metadata/original_time", "2026-11-23T09:15:02.123456Z"),
      ("metadata/logged_time", .number("1795425302345")),
    ]
    for (path, value) in members { #expect(event.value(at: path) == value, "\(path)") }
    #expect(event["status_detail"] == nil)
  }

  @Test func theEntityIsTheStepWithItsReferencesBeforeAndAfter() throws {
    let event = try SampleChange.line(of: SampleChange.change(), .ocsf)

    for entity in ["entity", "entity_result"] {
      #expect(event.value(at: entity + "/uid") == "b2cUserFlows/B2C_1_signup/postFederationSignup")
      #expect(event.value(at: entity + "/name") == "postFederationSignup of B2C_1_signup")
      #expect(event.value(at: entity + "/type_id") == .number("99"))
      #expect(event.value(at: entity + "/type") == "apiConnectorConfiguration")
      #expect(event.value(at: entity + "/data/state") == "connector")
    }
    #expect(event.value(at: "entity/data/connector_id") == "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01")
    #expect(event.value(at: "entity/data/connector_name") == "Fraud check")
    #expect(event.value(at: "entity_result/data/connector_id") == "8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602")
    #expect(event.value(at: "entity_result/data/connector_name") == "Fraud check (new vendor)")
  }

  @Test func theEntityOfAConnectorChangeIsTheConnector() throws {
    let change = SampleChange.change(of: .connector, before: Sample.fraudCheck, after: .none)

    let event = try SampleChange.line(of: change, .ocsf)

    for entity in ["entity", "entity_result"] {
      #expect(event.value(at: entity + "/uid") == "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01")
      #expect(event.value(at: entity + "/type") == "identityApiConnector")
    }
    #expect(event.value(at: "entity/name") == "Fraud check")
    #expect(event.value(at: "entity_result/data/state") == "none")
  }

  @Test func theReferencesBeforeAndAfterDetermineTheActivity() throws {
    let connector = Sample.fraudCheck
    let activities: [(change: Change, id: Int, name: String)] = [
      (SampleChange.change(before: connector, after: Sample.newVendor), 3, "Update"),
      (SampleChange.change(before: .unknown, after: connector), 3, "Update"),
      (SampleChange.change(before: .none, after: connector), 8, "Enable"),
      (SampleChange.change(before: connector, after: .none), 9, "Disable"),
      (SampleChange.change(.baseline, before: .unknown, after: connector), 99, "Other"),
      (SampleChange.change(of: .connector, before: .none, after: connector), 1, "Create"),
      (SampleChange.change(of: .connector, before: connector, after: connector), 3, "Update"),
      (SampleChange.change(of: .connector, before: connector, after: .none), 4, "Delete"),
    ]
    for (change, id, name) in activities {
      let event = try SampleChange.line(of: change, .ocsf)
      #expect(event["activity_id"] == .number("\(id)"))
      #expect(event["activity_name"] == .string(name))
      #expect(event["type_uid"] == .number("\(300_400 + id)"))
      #expect(event["type_name"] == .string("Entity Management: \(name)"))
    }
  }

  @Test func theResultDeterminesTheStatusAndTheSeverity() throws {
    let results: [(result: Change.Result, status: (id: String, name: String), severity: (id: String, name: String))] = [
      (.applied, ("1", "Success"), ("1", "Informational")),
      (.rejected, ("2", "Failure"), ("1", "Informational")),
      (.denied, ("2", "Failure"), ("2", "Low")),
      (.notApplied, ("2", "Failure"), ("1", "Informational")),
      (.pending, ("0", "Unknown"), ("2", "Low")),
      (.unknown, ("0", "Unknown"), ("3", "Medium")),
      (.superseded, ("99", "Superseded"), ("3", "Medium")),
    ]
    #expect(results.map(\.result).count == Change.Result.allCases.count)
    for (result, status, severity) in results {
      let event = try SampleChange.line(of: SampleChange.change(with: result), .ocsf)
      #expect(event["status_id"] == .number(status.id), "\(result)")
      #expect(event["status"] == .string(status.name), "\(result)")
      #expect(event["severity_id"] == .number(severity.id), "\(result)")
      #expect(event["severity"] == .string(severity.name), "\(result)")
      #expect((event["entity_result"] != nil) == (result == .applied), "\(result)")
      #expect((event.value(at: "metadata/logged_time") != nil) == (result != .pending), "\(result)")
    }
    let drift = try SampleChange.line(of: SampleChange.change(.drift), .ocsf)
    #expect(drift["severity"] == "Medium")
  }

  @Test func theStatusCodeIsTheErrorCodeOfTheDirectory() throws {
    let outcome = Change.Outcome(
      result: .rejected,
      httpStatus: 404,
      code: "Request_ResourceNotFound",
      message: "There is no such flow.",
      settledBy: .request
    )

    let event = try SampleChange.line(of: SampleChange.change(outcome: outcome), .ocsf)

    #expect(event["status_code"] == "Request_ResourceNotFound")
    #expect(event["status_detail"] == "There is no such flow.")
  }

  @Test func aPersonIsTheUserAndTheClientIsTheApp() throws {
    let event = try SampleChange.line(of: SampleChange.change(), .ocsf)

    #expect(event.value(at: "actor/user/uid") == "5f0c6f4e-5b1b-4a1c-8f52-0d6a7c9e1b11")
    #expect(event.value(at: "actor/user/name") == "ada@contoso.example")
    #expect(event.value(at: "actor/user/full_name") == "Ada Berg")
    #expect(event.value(at: "actor/app_uid") == "9a7d2c34-66f0-4d7a-9c0b-2f1e8d5a4c22")
    #expect(event.value(at: "src_endpoint/ip") == "192.0.2.7")
    #expect(event.value(at: "src_endpoint/name") == "192.0.2.7")
  }

  @Test func anAPITokenIsShownAsAServiceAndAnApp() throws {
    let event = try SampleChange.line(of: SampleChange.change(by: Sample.operatorActor), .ocsf)

    #expect(event.value(at: "actor/app_uid") == "0123456789abcdef")
    #expect(event.value(at: "actor/app_name") == "deploy")
    #expect(event.value(at: "actor/user/type_id") == .number("4"))
    #expect(event.value(at: "actor/user/type") == "Service")
    #expect(event.value(at: "actor/user/uid") == "0123456789abcdef")
    #expect(event.value(at: "actor/user/name") == "deploy")
  }

  @Test func anUnknownActorIsLeftOut() throws {
    let event = try SampleChange.line(of: SampleChange.change(.drift, by: .unknown), .ocsf)

    #expect(event["actor"] == nil)
    #expect(event["src_endpoint"] == nil)
  }

  @Test func membersWithoutAnAttributeAreInUnmapped() throws {
    let event = try SampleChange.line(of: SampleChange.change(), .ocsf)

    let members: [(path: String, value: JSONValue)] = [
      ("kind", "update"), ("result", "applied"), ("requestId", "request"), ("graphRequestId", "graph"),
      ("settledBy", "request"), ("intended/state", "connector"),
      ("intended/connectorId", "8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602"),
    ]
    for (path, value) in members { #expect(event.value(at: "unmapped/" + path) == value, "\(path)") }
    #expect(event.value(at: "unmapped/rollbackOf") == nil)
  }
}
