import ReflogModel
import Testing

/// Tests that the special writer of entry records writes canonical JSON.
///
/// The tests compare the bytes from the special writer with the bytes from the general writer of canonical JSON.
struct EntryRecordTests {
  private static let salt = (0..<16).map { UInt8($0) }.withUnsafeBytes { Salt(bytes: $0) }
  private static let hash = Hash(of: Array("entry".utf8))

  @Test func anIntentIsCanonical() throws {
    let record = try EntryRecord(
      intentOf: change(outcome: nil),
      sequence: 40,
      salt: try #require(Self.salt),
      personal: nil
    )

    try expectCanonical(record.bytes)
    #expect(
      String(decoding: record.bytes, as: UTF8.self) == """
        {"activityDateTime":"2026-11-23T09:15:02.123456Z","actor":{"clientAppId":null,"id":"o\\u0001\\"\\\\id",\
        "proof":"entra","type":"user"},"after":{"connectorId":null,"displayName":null,"state":"none"},"batchId":null,\
        "before":{"connectorId":"a1","displayName":"Betrugsprüfung 🚦","state":"connector"},\
        "changedProperties":[{"after":null,"before":"old","name":"displayName"}],"correlationId":"c","entry":"intent",\
        "flowId":"B2C_1_signup","flowType":"b2cUserFlows","id":"17","kind":"rollback","lastVerifiedDateTime":null,\
        "personal":null,"requestId":"r","rollbackOf":"9","rollbackTo":"1970-01-01T00:00:00.000001Z",\
        "salt":"000102030405060708090a0b0c0d0e0f","sequence":40,"step":"postFederationSignup","subject":"step",\
        "tenantId":"tenant"}
        """
    )
  }

  @Test func aChangeSettledInItsFirstEntryIsCanonical() throws {
    let outcome = Change.Outcome(
      result: .rejected,
      httpStatus: 404,
      code: "NotFound",
      message: "none",
      retryAfter: 30,
      settledBy: .request
    )

    let record = try EntryRecord(
      settled: change(outcome: outcome),
      outcome: outcome,
      salt: try #require(Self.salt),
      personal: Self.hash
    )

    try expectCanonical(record.bytes)
    #expect(
      String(decoding: record.bytes, as: UTF8.self).contains(
        #""status":{"code":"NotFound","http":404,"message":"none","retryAfter":30,"settledBy":"request"}"#
      )
    )
  }

  @Test func anOutcomeIsCanonical() throws {
    let outcome = Change.Outcome(result: .applied, httpStatus: 204, settledBy: .person)

    let record = try EntryRecord(
      outcome: outcome,
      of: change(outcome: outcome),
      intent: Self.hash,
      salt: try #require(Self.salt),
      personal: Self.hash,
      statedBy: Change.Actor(type: .user, id: "adele", name: "Adele", clientAppID: "app", proof: .entra)
    )

    try expectCanonical(record.bytes)
    #expect(
      String(decoding: record.bytes, as: UTF8.self).contains(
        #""statedBy":{"clientAppId":"app","id":"adele","proof":"entra","type":"user"}"#
      )
    )
  }

  @Test(arguments: [nil, Change.Actor(type: .token, id: "t", clientAppID: "app", proof: .apiToken)])
  func anEventIsCanonical(actor: Change.Actor?) throws {
    let details: JSONObject = ["z": .null, "a": .array([.bool(true)])]
    let content = ServiceEvent.Content(.export, actor: actor, count: 3, details: details)
    let event = ServiceEvent(id: 4, sequence: 12, activityDateTime: Timestamp(microseconds: 0), content: content)

    let record = try EntryRecord(event, salt: try #require(Self.salt), personal: Self.hash)

    try expectCanonical(record.bytes)
  }

  private func change(outcome: Change.Outcome?) throws -> Change {
    let intent = Change.Intent(
      subject: .step(try #require(Address("b2cUserFlows/B2C_1_signup/postFederationSignup"))),
      kind: .rollback,
      before: .connector(try #require(ConnectorID("a1")), displayName: "Betrugsprüfung 🚦"),
      after: .none,
      changedProperties: [.init(name: "displayName", before: "old", after: nil)],
      actor: Change.Actor(type: .user, id: "o\u{1}\"\\id", name: "Adele", proof: .entra),
      correlationID: "c",
      requestID: "r",
      rollbackOf: Change.ID(9),
      rollbackTo: Timestamp(microseconds: 1)
    )
    return Change(
      id: Change.ID(17),
      sequence: 41,
      intentSequence: 40,
      tenantID: "tenant",
      activityDateTime: Timestamp(microseconds: 1_795_425_302_123_456),
      intent: intent,
      outcome: outcome,
      resultDateTime: outcome.map { _ in Timestamp(microseconds: 1_795_425_303_000_000) }
    )
  }

  private func expectCanonical(_ bytes: [UInt8]) throws {
    let again = try JSONValue(parsing: bytes).canonicalBytes()
    #expect(String(decoding: bytes, as: UTF8.self) == String(decoding: again, as: UTF8.self))
  }
}
