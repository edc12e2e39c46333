import ReflogFormats
import ReflogModel
import ReflogTesting
import Testing

/// Tests of the export of changes as ASIM AuditEvents, schema version 0.1.2.
///
/// Source: learn.microsoft.com/azure/sentinel/normalization-schema-audit.
struct ASIMTests {
  @Test func aChangeOfAStepHasEveryField() throws {
    let event = try SampleChange.line(of: SampleChange.change(), .asim)

    let fields: [(name: String, value: JSONValue)] = [
      ("TimeGenerated", "2026-11-23T09:15:02.345678Z"),
      ("EventCount", .number("1")),
      ("EventStartTime", "2026-11-23T09:15:02.123456Z"), ("EventEndTime", "2026-11-23T09:15:02.345678Z"),
      ("EventType", "Set"), ("EventResult", "Success"), ("EventResultDetails", "applied"),
      ("EventProduct", "Reflog"), ("EventVendor", "Reflog"),
      ("EventSchema", "AuditEvent"), ("EventSchemaVersion", "0.1.2"), ("EventSeverity", "Informational"),
      ("EventOriginalUid", "5"), ("EventOriginalType", "update"),
      (
        "EventMessage",
        .string(
          "postFederationSignup of B2C_1_signup: from Fraud check (3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01) to "
            + "Fraud check (new vendor) (8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602) (update, applied)"
        )
      ),
      ("Dvc", "Reflog"),
      ("Operation", "Set API connector of user flow step"),
      ("Object", "b2cUserFlows/B2C_1_signup/postFederationSignup"), ("ObjectType", "Configuration Atom"),
      ("OldValue", "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01"), ("NewValue", "8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602"),
      ("ValueType", "Other"),
      ("TargetAppName", "Microsoft Entra user flows"), ("TargetAppType", "SaaS application"),
      ("ActorScopeId", "tenant"),
      ("ActorUserId", "5f0c6f4e-5b1b-4a1c-8f52-0d6a7c9e1b11"), ("ActorUserIdType", "AADID"),
      ("ActorUsername", "ada@contoso.example"), ("ActorUsernameType", "UPN"), ("ActorUserType", "Regular"),
      ("ActingAppId", "9a7d2c34-66f0-4d7a-9c0b-2f1e8d5a4c22"), ("ActingAppType", "Other"),
      ("SrcIpAddr", "192.0.2.7"),
    ]
    for (name, value) in fields { #expect(event[name] == value, "\(name)") }
  }

  @Test func everyEventHasTheMandatoryFields() throws {
    let mandatory = [
      "EventCount", "EventStartTime", "EventEndTime", "EventType", "EventResult", "EventProduct", "EventVendor",
      "EventSchema", "EventSchemaVersion", "Dvc", "Operation", "Object", "ObjectType",
    ]

    for change in [
      SampleChange.change(), SampleChange.change(with: .pending), SampleChange.change(.drift, by: .unknown),
      SampleChange.change(of: .connector, before: .none, after: Sample.fraudCheck),
    ] {
      let event = try SampleChange.line(of: change, .asim)
      for name in mandatory { #expect(event[name] != nil, "\(name)") }
    }
  }

  @Test func theReferencesBeforeAndAfterDetermineTheEventType() throws {
    let connector = Sample.fraudCheck
    let types: [(change: Change, type: String, operation: String)] = [
      (SampleChange.change(), "Set", "Set API connector of user flow step"),
      (SampleChange.change(before: .none, after: connector), "Enable", "Set API connector of user flow step"),
      (SampleChange.change(before: connector, after: .none), "Disable", "Set API connector of user flow step"),
      (SampleChange.change(.baseline, before: .unknown), "Other", "Set API connector of user flow step"),
      (SampleChange.change(of: .connector, before: .none, after: connector), "Create", "Write API connector"),
      (SampleChange.change(of: .connector, before: connector, after: connector), "Set", "Write API connector"),
      (SampleChange.change(of: .connector, before: connector, after: .none), "Delete", "Write API connector"),
    ]
    for (change, type, operation) in types {
      let event = try SampleChange.line(of: change, .asim)
      #expect(event["EventType"] == .string(type))
      #expect(event["Operation"] == .string(operation))
    }
  }

  @Test func theObjectOfAConnectorChangeIsTheConnectorsID() throws {
    let change = SampleChange.change(of: .connector, before: Sample.fraudCheck, after: .none)

    let event = try SampleChange.line(of: change, .asim)

    #expect(event["Object"] == "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01")
    #expect(event["OldValue"] == "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01")
    #expect(event["NewValue"] == "none")
  }

  @Test func theResultDeterminesTheEventResultAndTheSeverity() throws {
    let results: [(result: Change.Result, eventResult: String, severity: String)] = [
      (.applied, "Success", "Informational"), (.rejected, "Failure", "Informational"), (.denied, "Failure", "Low"),
      (.notApplied, "Failure", "Informational"), (.superseded, "Partial", "Informational"),
      (.pending, "NA", "Informational"), (.unknown, "NA", "Informational"),
    ]
    #expect(results.map(\.result).count == Change.Result.allCases.count)
    for (result, eventResult, severity) in results {
      let event = try SampleChange.line(of: SampleChange.change(with: result), .asim)
      #expect(event["EventResult"] == .string(eventResult), "\(result)")
      #expect(event["EventResultDetails"] == .string(result.rawValue), "\(result)")
      #expect(event["EventSeverity"] == .string(severity), "\(result)")
      #expect((event["NewValue"] != nil) == (result == .applied), "\(result)")
    }
    let drift = try SampleChange.line(of: SampleChange.change(.drift), .asim)
    #expect(drift["EventSeverity"] == "Medium")
  }

  @Test func theEndTimeOfAPendingChangeIsItsStartTime() throws {
    let event = try SampleChange.line(of: SampleChange.change(with: .pending), .asim)

    #expect(event["TimeGenerated"] == "2026-11-23T09:15:02.123456Z")
    #expect(event["EventEndTime"] == "2026-11-23T09:15:02.123456Z")
  }

  @Test func anAPITokenIsShownAsAnApplication() throws {
    let event = try SampleChange.line(of: SampleChange.change(by: Sample.operatorActor), .asim)

    let fields: [(name: String, value: JSONValue)] = [
      ("ActorUserId", "0123456789abcdef"), ("ActorUserIdType", "Other"), ("ActorUsername", "deploy"),
      ("ActorUsernameType", "Simple"), ("ActorUserType", "Application"), ("SrcIpAddr", "127.0.0.1"),
    ]
    for (name, value) in fields { #expect(event[name] == value, "\(name)") }
    #expect(event["ActingAppId"] == nil)
    #expect(event["ActingAppType"] == nil)
  }

  @Test func anUnknownActorHasOnlyAType() throws {
    let event = try SampleChange.line(of: SampleChange.change(.drift, by: .unknown), .asim)

    #expect(event["ActorUserType"] == "Other")
    for name in ["ActorUserId", "ActorUserIdType", "ActorUsername", "ActorUsernameType", "SrcIpAddr"] {
      #expect(event[name] == nil, "\(name)")
    }
  }

  @Test func membersWithoutAFieldAreInAdditionalFields() throws {
    let event = try SampleChange.line(of: SampleChange.change(), .asim)

    let members: [(path: String, value: JSONValue)] = [
      ("sequence", .number("9")), ("requestId", "request"), ("reason", "CHG0042"), ("correlationId", "correlation"),
      ("graphRequestId", "graph"), ("intendedValue", "8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602"),
    ]
    for (path, value) in members { #expect(event.value(at: "AdditionalFields/" + path) == value, "\(path)") }
    #expect(event.value(at: "AdditionalFields/rollbackOf") == nil)
  }
}
