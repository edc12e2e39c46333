import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogWebhooks

/// Tests of the messages and of their signatures.
struct WebhookMessageTests {
  /// The signature was calculated with the package `standardwebhooks` 1.1.0 for Python.
  @Test func theSignatureIsThatOfStandardWebhooks() throws {
    let secret = try #require(WebhookSecret(WebhookSample.secretText))

    let signature = secret.signature(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      seconds: 1_614_265_330,
      body: Array(#"{"test": 2432232314}"#.utf8)
    )

    #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  /// The second to last text has no padding. The last text uses the alphabet for URLs.
  @Test(arguments: [
    "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8G*", "whsec_c2hvcnQ=",
    "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBk", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS_",
  ])
  func otherTextsAreNoSecret(text: String) {
    #expect(WebhookSecret(text) == nil)
  }

  private static func json(_ entry: SettledEntry, _ format: WebhookReceiver.Format) throws -> JSONObject {
    let message = try #require(WebhookMessage(entry, format, from: WebhookSample.source))
    return try #require(try JSONValue(parsing: message.body).object)
  }

  @Test func aChangeIsACloudEvent() throws {
    let change = WebhookSample.change()

    let event = try Self.json(.change(change), .cloudEvents)

    #expect(event["specversion"] == "1.0")
    #expect(event["id"] == "9")
    #expect(event["source"] == "audit.example/reflog")
    #expect(event["type"] == "reflog.change")
    #expect(event["subject"] == "b2cUserFlows/B2C_1_signup/postFederationSignup")
    #expect(event["time"] == "2026-11-23T09:15:02.123456Z")
    #expect(event["datacontenttype"] == "application/json")
    #expect(event["data"]?.object?["id"] == "5")
    #expect(event["data"]?.object?["kind"] == "update")
    #expect(event["data"]?.object?["before"]?.object?["displayName"] == "Fraud check")
  }

  /// A URI reference must not have a colon in its first part.
  @Test func aColonInTheNameOfTheLogIsEncoded() throws {
    let source = WebhookMessage.Source(origin: "10.0.0.5:8443/log", publicURL: nil)
    let message = try #require(WebhookMessage(.change(WebhookSample.change()), .cloudEvents, from: source))

    #expect(try JSONValue(parsing: message.body).object?["source"] == "10.0.0.5%3A8443/log")
  }

  @Test func theSubjectOfAnotherEntryIsItsConnectorOrItsScope() throws {
    let connector = try Self.json(.change(WebhookSample.change(of: .connector)), .cloudEvents)
    let freeze = try Self.json(
      .event(WebhookSample.event(.freezePlaced, details: ["scope": "b2cUserFlows/B2C_1_signup"])),
      .cloudEvents
    )
    let altered = try Self.json(.altered(sequence: 7, problem: "Change 2 is altered."), .cloudEvents)

    #expect(connector["subject"] == "apiConnectors/8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602")
    #expect(freeze["subject"] == "b2cUserFlows/B2C_1_signup")
    #expect(freeze["type"] == "reflog.freeze")
    #expect(freeze["data"]?.object?["kind"] == "freezePlaced")
    #expect(altered["subject"] == nil)
    #expect(altered["type"] == "reflog.trouble")
    #expect(altered["data"] == .object(["sequence": .integer(7), "problem": "Change 2 is altered."]))
  }

  @Test func theIdOfAMessageDependsOnTheLogAndTheEntryAlone() throws {
    let other = WebhookMessage.Source(origin: "other", publicURL: nil)
    let entry = SettledEntry.change(WebhookSample.change())

    let ids = [
      WebhookMessage(entry, .cloudEvents, from: WebhookSample.source),
      WebhookMessage(entry, .slack, from: WebhookSample.source),
      WebhookMessage(entry, .cloudEvents, from: other),
    ].map { $0?.id ?? "" }

    #expect(ids[0] == ids[1])
    #expect(ids[0] != ids[2])
    #expect(ids.allSatisfy { $0.hasSuffix("_9") && !$0.contains(".") })
  }

  private static func text(_ entry: SettledEntry) throws -> String {
    let text = try json(entry, .slack)["text"]?.string
    return try #require(text)
  }

  /// Entries with the text that Slack shows.
  static let texts: [(entry: SettledEntry, text: String)] = [
    (
      .change(WebhookSample.change()),
      """
      Change 5: postFederationSignup of B2C_1_signup: from Fraud check (3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01) to Fraud check \
      (new vendor) (8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602) (update, applied)
      who: token deploy
      reason: CHG0042
      time: 2026-11-23T09:15:02.123456Z
      log: audit.example/reflog
      page: <https://reflog.example/changes/5>
      """
    ),
    (
      .change(
        WebhookSample.change(
          .update,
          by: Change.Actor(type: .user, id: "1"),
          .denied,
          reason: nil,
          code: "frozen",
          message: "Freeze 3 covers the step.",
          erased: Erased(eventID: 8, dateTime: ManualClock.start)
        )
      ),
      """
      Denied 5: postFederationSignup of B2C_1_signup: from Fraud check (3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01) to Fraud check \
      (new vendor) (8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602) (update, denied)
      who: [erased] 1
      reason: [erased]
      answer: frozen: Freeze 3 covers the step.
      time: 2026-11-23T09:15:02.123456Z
      log: audit.example/reflog
      page: <https://reflog.example/changes/5>
      """
    ),
    (
      .change(
        WebhookSample.change(.drift, reason: nil, override: FreezeOverride(eventID: 1, reason: "urgent", freezes: [1]))
      ),
      """
      Drift 5: postFederationSignup of B2C_1_signup: from Fraud check (3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01) to Fraud check \
      (new vendor) (8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602) (drift, applied)
      who: token deploy
      override: urgent
      time: 2026-11-23T09:15:02.123456Z
      log: audit.example/reflog
      page: <https://reflog.example/changes/5>
      """
    ),
    (
      .event(WebhookSample.event(.freezePlaced, details: ["scope": "all", "until": .null], reason: "launch")),
      """
      Freeze 3 was placed
      who: token deploy
      scope: all
      reason: launch
      time: 2026-11-23T09:15:02.123456Z
      log: audit.example/reflog
      """
    ),
    (
      .event(
        WebhookSample.event(
          .freezePlaced,
          details: ["scope": "all"],
          erased: Erased(eventID: 8, dateTime: ManualClock.start)
        )
      ),
      """
      Freeze 3 was placed
      who: [erased] token deploy
      scope: all
      reason: [erased]
      time: 2026-11-23T09:15:02.123456Z
      log: audit.example/reflog
      """
    ),
    (
      .altered(sequence: 7, problem: "Change 2 is altered."),
      """
      Entry 7 of the log failed verification
      problem: Change 2 is altered.
      log: audit.example/reflog
      """
    ),
  ]

  @Test(arguments: texts.indices)
  func everyEntryIsATextForPeople(_ number: Int) throws {
    let (entry, text) = Self.texts[number]

    #expect(try Self.text(entry) == text)
  }

  @Test(
    arguments: [
      (.freezeReleased, "A freeze was released"), (.freezeOverridden, "A freeze was overridden"),
      (.denied, "The role of a caller did not permit a request (1 in this minute)"),
      (.clockAccepted, "The server was started although its clock is behind the newest entry"),
      (.keyReplaced, "The signing key was lost and replaced"),
      (.olderLedgerAccepted, "The server was started with an older copy of the ledger"),
    ] as [(ServiceEvent.Kind, String)]
  )
  func everyServiceEventHasATitle(kind: ServiceEvent.Kind, title: String) throws {
    #expect(try Self.text(.event(WebhookSample.event(kind))).hasPrefix(title + "\n"))
  }

  /// Events of the kind 'denied' count two kinds of requests: those that a role does not permit, and those that a
  /// freeze does not permit.
  @Test func theRefusalsOfAFreezeAreNotShownAsMissingRights() throws {
    let event = WebhookSample.event(.denied, details: ServiceEvent.DenialCause.frozen.details)

    #expect(try Self.text(.event(event)).hasPrefix("A freeze did not permit a request (1 in this minute)\n"))
  }

  /// Texts that a stranger can choose, each with its form in Slack.
  @Test(arguments: [
    ("<!channel>", "&lt;!channel&gt;"), ("<https://evil.example|Reflog>", "&lt;https: //evil.example|Reflog&gt;"),
    ("<@U0000>", "&lt;@U0000&gt;"), ("a & b", "a &amp; b"), ("line\nreason: forged", "line\u{FFFD}reason: forged"),
    ("right\u{202E}left", "right\u{FFFD}left"), ("see https://evil.example", "see https: //evil.example"),
  ])
  func aTextOfAStrangerHasNoEffectInSlack(text: String, shown: String) throws {
    let message = try Self.json(.change(WebhookSample.change(reason: text)), .slack)

    #expect(message["text"]?.string?.contains("\nreason: \(shown)\n") == true)
    #expect(message["mrkdwn"] == .bool(false))
    #expect(message["parse"] == "none")
    #expect(message["link_names"] == .bool(false))
  }

  /// Teams reads Markdown in text blocks and facts, but not in text runs.
  @Test func aTextOfAStrangerIsInATextRunInTeams() throws {
    let reason = "[Reflog](https://evil.example)"
    let message = try Self.json(.change(WebhookSample.change(reason: reason)), .teams)

    let attachment = message["attachments"]?.array?.first?.object
    let card = attachment?["content"]?.object
    #expect(message["type"] == "message")
    #expect(attachment?["contentType"] == "application/vnd.microsoft.card.adaptive")
    #expect(card?["type"] == "AdaptiveCard")
    let blocks = (card?["body"]?.array ?? []).compactMap(\.object)
    #expect(blocks.allSatisfy { $0["type"] == "RichTextBlock" && $0["text"] == nil })
    let runs = blocks.flatMap { ($0["inlines"]?.array ?? []).compactMap(\.object) }
    #expect(runs.allSatisfy { $0["type"] == "TextRun" && $0["selectAction"] == nil })
    #expect(runs.contains { $0["text"] == "[Reflog](https: //evil.example)" })
    #expect(
      card?["actions"]
        == .array([
          .object([
            "type": "Action.OpenUrl", "title": "Open the change", "url": "https://reflog.example/changes/5",
          ])
        ])
    )
  }

  @Test func aLongTextIsCut() throws {
    let text = try Self.text(.change(WebhookSample.change(reason: String(repeating: "x", count: 5000))))

    #expect(text.contains("reason: " + String(repeating: "x", count: 1000) + "…\n"))
  }

  /// Teams refuses messages of more than 28 KB. The title of this message is long, because the title contains two long
  /// names.
  @Test(arguments: [WebhookReceiver.Format.slack, .teams], ["x", "😀", "\"", "&"])
  func aMessageWithManyLongTextsIsShort(format: WebhookReceiver.Format, character: String) throws {
    let text = String(repeating: character, count: 5000)
    let change = WebhookSample.change(
      after: Sample.connector("3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01", text),
      by: Change.Actor(type: .user, id: "1", name: text),
      reason: text,
      message: text,
      override: FreezeOverride(eventID: 1, reason: text, freezes: [1])
    )

    let message = try #require(WebhookMessage(.change(change), format, from: WebhookSample.source))

    #expect(message.body.count < 28_000)
  }
}
