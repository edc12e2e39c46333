import ReflogFormats
import ReflogModel
import ReflogTesting
import Testing

/// Tests that every format shows the erasure of a record's personal data.
struct ErasedFormatTests {
  private static let erased = Erased(eventID: 12, dateTime: ManualClock.start)
  private static let json = JSONValue.object(["eventId": "12", "dateTime": "2026-11-23T09:15:02.123456Z"])
  private static let person = Change.Actor(type: .user, id: "oid")

  /// Returns a change whose personal data or statement was erased.
  private func change(_ erased: Erased?, statement: Erased?) -> Change {
    let source = SampleChange.change(by: Self.person)
    return Change(
      id: source.id,
      sequence: source.sequence,
      tenantID: source.tenantID,
      activityDateTime: source.activityDateTime,
      intent: source.intent,
      outcome: Change.Outcome(result: .applied, settledBy: .person, erased: statement),
      resultDateTime: source.resultDateTime,
      erased: erased
    )
  }

  @Test(arguments: [
    (format: ExportFormat.jsonl, data: "erased", statement: "status/erased", absent: JSONValue?.some(.null)),
    (.ocsf, "unmapped/erased", "unmapped/statementErased", nil),
    (.asim, "AdditionalFields/erased", "AdditionalFields/statementErased", nil),
  ])
  func everyJSONFormatHasTheErasureEvent(
    format: ExportFormat,
    data: String,
    statement: String,
    absent: JSONValue?
  ) throws {
    let whole = try SampleChange.line(of: change(nil, statement: nil), format)
    let erased = try SampleChange.line(of: change(Self.erased, statement: nil), format)
    let unstated = try SampleChange.line(of: change(nil, statement: Self.erased), format)

    #expect([whole.value(at: data), whole.value(at: statement)] == [absent, absent])
    #expect([erased.value(at: data), erased.value(at: statement)] == [Self.json, absent])
    #expect([unstated.value(at: data), unstated.value(at: statement)] == [absent, Self.json])
  }

  @Test func theLastColumnsOfCSVContainTheErasureEvents() {
    let names = ["erasedEventId", "erasedDateTime", "statementErasedEventId", "statementErasedDateTime"]
    let override = ["overrideEventId", "overrideReason", "overrideErasedEventId", "overrideErasedDateTime"]
    #expect(Change.columns.suffix(8).map(\.name) == names + override)
    #expect(ServiceEvent.columns.suffix(2).map(\.name) == Array(names.prefix(2)))
    let time = "2026-11-23T09:15:02.123456Z"
    let lines: [(Change, String)] = [
      (change(nil, statement: nil), ",,,,,,,,\r\n"), (change(Self.erased, statement: nil), ",12,\(time),,,,,,\r\n"),
      (change(nil, statement: Self.erased), ",,,12,\(time),,,,\r\n"),
    ]
    for (change, end) in lines {
      var bytes: [UInt8] = []
      CSV<Change>().write(change, to: &bytes)
      #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("," + end))
    }
  }

  @Test func serviceEventsAndConfigurationsContainTheErasureEvent() {
    let content = ServiceEvent.Content(.export, actor: Self.person)
    for erased in [nil, Self.erased] {
      let event = ServiceEvent(
        id: 1,
        sequence: 1,
        activityDateTime: ManualClock.start,
        content: content,
        erased: erased
      )
      let configuration = ConnectorConfiguration(
        address: Sample.signup,
        change: change(erased, statement: nil),
        isCertain: true,
        targetURL: nil,
        verified: nil
      )

      #expect(event.json["erased"] == (erased == nil ? .null : Self.json))
      #expect(configuration.json["erased"] == (erased == nil ? .null : Self.json))
    }
  }
}
