import ReflogFormats
import ReflogModel
import ReflogTesting
import Testing

/// Changes with fixed values, for the tests of export formats.
enum SampleChange {
  static let person = Change.Actor(
    type: .user,
    id: "5f0c6f4e-5b1b-4a1c-8f52-0d6a7c9e1b11",
    name: "Ada Berg",
    userPrincipalName: "ada@contoso.example",
    clientAppID: "9a7d2c34-66f0-4d7a-9c0b-2f1e8d5a4c22",
    ipAddress: "192.0.2.7",
    proof: .entra
  )

  /// The outcome of a change that the directory applied.
  static let applied = Change.Outcome(
    result: .applied,
    httpStatus: 204,
    settledBy: .request,
    graphRequestID: "graph"
  )

  /// Returns change 5, recorded at 2026-11-23T09:15:02.123456Z and settled at 09:15:02.345678Z.
  ///
  /// - Parameters:
  ///   - kind: The reason why the change exists.
  ///   - subject: The step or the connector that the change is about.
  ///   - before: The reference before the change.
  ///   - after: The reference that the change requests.
  ///   - actor: The person or program that requested the change.
  ///   - outcome: The outcome of the change, or nil if the change is pending.
  ///   - reason: The recorded reason.
  static func change(
    _ kind: Change.Kind = .update,
    of subject: Change.Subject = .step(Sample.signup),
    before: ConnectorReference = Sample.fraudCheck,
    after: ConnectorReference = Sample.newVendor,
    by actor: Change.Actor = person,
    outcome: Change.Outcome? = applied,
    reason: String = "CHG0042"
  ) -> Change {
    Change(
      id: Change.ID(5),
      sequence: 9,
      tenantID: "tenant",
      activityDateTime: ManualClock.start,
      intent: Change.Intent(
        subject: subject,
        kind: kind,
        before: before,
        after: after,
        actor: actor,
        reason: reason,
        correlationID: "correlation",
        requestID: "request"
      ),
      outcome: outcome,
      resultDateTime: outcome.map { _ in Timestamp(microseconds: ManualClock.start.microseconds + 222_222) }
    )
  }

  /// Returns a change with a result, and without an outcome if the result is `pending`.
  static func change(with result: Change.Result) -> Change {
    change(outcome: result == .pending ? nil : Change.Outcome(result: result, settledBy: .request))
  }

  /// Returns the JSON object that an export contains for a change.
  static func line(of change: Change, _ format: ExportFormat) throws -> JSONObject {
    var bytes: [UInt8] = []
    ExportLines<Change>(format, CSVStyle()).write(change, to: &bytes)
    #expect(bytes.last == 0x0A)
    return try #require(try JSONValue(parsing: bytes.dropLast()).object)
  }
}

extension JSONObject {
  /// Returns the value at a path, such as `metadata/product/name`, or nil if the object has no value at the path.
  func value(at path: String) -> JSONValue? {
    path.split(separator: "/").reduce(JSONValue?.some(.object(self))) { value, name in
      value?.object?[String(name)]
    }
  }
}
