import ReflogModel
import Testing

@testable import ReflogWebhooks

/// Tests of the file with the receivers of webhooks.
struct WebhookFileTests {
  @Test func allMembersAreRead() throws {
    let file = try WebhookSample.file(
      """
      [
        {"name": "siem", "url": "https://SIEM.example:8443/in?key=x", "secretFile": "/secret"},
        {"name": "on-call", "url": "http://localhost/x", "format": "slack", "topics": ["drift", "denied"],
         "filter": "flowId eq 'B2C_1_signup'", "allowLocal": true}
      ]
      """
    )

    #expect(file.receivers.map(\.name) == ["siem", "on-call"])
    #expect(file.receivers.map(\.host) == ["siem.example", "localhost"])
    #expect(file.receivers.map(\.format) == [.cloudEvents, .slack])
    #expect(file.receivers.map(\.topics) == [Set(WebhookTopic.allCases), [.drift, .denied]])
    #expect(file.receivers.map(\.allowsLocal) == [false, true])
    #expect(file.receivers.map { $0.filter == nil } == [true, false])
    #expect(file.receivers.map { $0.secret == nil } == [false, true])
    #expect(file.secretFiles.map(\.path) == ["/secret"])
  }

  @Test func anEmptyArrayHasNoReceivers() throws {
    #expect(try WebhookSample.file("[]").receivers.isEmpty)
  }

  private static let url = "It must be an https URL (http on loopback only) without user and fragment."
  private static let local = "Its host is this machine or a link-local address. To permit it, set allowLocal to true."
  private static let secret = "It must be whsec_ and the Base 64, with padding, of 24 to 64 bytes."

  /// Wrong files, each with the message that refuses it.
  static let refusals: [(text: String, message: String)] = [
    (
      "",
      "The file of webhooks /webhooks.json can't be read: it is not JSON: the text ends, but a value is expected at byte 0."
    ),
    ("{}", "The file of webhooks /webhooks.json must contain one JSON array of objects."),
    ("[1]", "The file of webhooks /webhooks.json must contain one JSON array of objects."),
    (
      "[" + Array(repeating: "{}", count: 17).joined(separator: ",") + "]",
      "The file of webhooks /webhooks.json has more than 16 receivers."
    ),
    (
      #"[{"url": "https://a.example"}]"#,
      "Receiver 1 in /webhooks.json needs a name: 1 to 64 letters, digits, hyphens or underscores."
    ),
    (
      #"[{"name": "a b"}]"#,
      "Receiver 1 in /webhooks.json needs a name: 1 to 64 letters, digits, hyphens or underscores."
    ),
    (
      #"[{"name": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "url": "https://a.example", "secret": "a"}]"#,
      "Receiver 1 in /webhooks.json needs a name: 1 to 64 letters, digits, hyphens or underscores."
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "secretFile": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}]"#,
      "The webhook a has no valid secretFile. It must be the path of a file. Use secret for the secret itself."
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "format": "slack"}, {"name": "a"}]"#,
      "/webhooks.json has two receivers with the name a. Rename one of them."
    ),
    (
      #"[{"name": "a", "colour": "red"}]"#,
      """
      The webhook a has the member colour, which Reflog does not know. The known members are name, url, secret, \
      secretFile, format, topics, filter, allowLocal.
      """
    ),
    (#"[{"name": "a"}]"#, "The webhook a has no valid url. \(url)"),
    (#"[{"name": "a", "url": "http://a.example"}]"#, "The webhook a has no valid url. \(url)"),
    (#"[{"name": "a", "url": "https://user@a.example"}]"#, "The webhook a has no valid url. \(url)"),
    (#"[{"name": "a", "url": "https://a.example/#x"}]"#, "The webhook a has no valid url. \(url)"),
    (#"[{"name": "a", "url": "http://127.0.0.1"}]"#, "The webhook a has no valid url. \(local)"),
    (#"[{"name": "a", "url": "https://localhost"}]"#, "The webhook a has no valid url. \(local)"),
    (#"[{"name": "a", "url": "https://169.254.169.254/x"}]"#, "The webhook a has no valid url. \(local)"),
    (#"[{"name": "a", "url": "https://[fe80::1]/x"}]"#, "The webhook a has no valid url. \(local)"),
    (
      #"[{"name": "a", "url": "https://a.example", "allowLocal": "yes"}]"#,
      "The webhook a has no valid allowLocal. It must be true or false."
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "format": "email"}]"#,
      "The webhook a has no valid format. Use cloudEvents, slack, teams."
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "format": 1}]"#,
      "The webhook a has no valid format. It must be a text."
    ),
    (
      #"[{"name": "a", "url": "https://a.example"}]"#,
      "The webhook a has no valid secret. The format cloudEvents needs secret or secretFile."
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "secret": "x", "secretFile": "/secret"}]"#,
      "The webhook a has no valid secretFile. A receiver has secret or secretFile, not both."
    ),
    (#"[{"name": "a", "url": "https://a.example", "secret": "x"}]"#, "The webhook a has no valid secret. \(secret)"),
    (
      #"[{"name": "a", "url": "https://a.example", "secret": "whsec_c2hvcnQ="}]"#,
      "The webhook a has no valid secret. \(secret)"
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "secretFile": "/empty"}]"#,
      "The webhook a has no valid secretFile. \(secret)"
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "secretFile": "/none"}]"#,
      "The file of webhooks /none can't be read: it does not exist."
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "secretFile": "/utf16"}]"#,
      "The file of webhooks /utf16 can't be read: it is UTF-16 text; save it as UTF-8."
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "format": "teams", "topics": []}]"#,
      """
      The webhook a has no valid topics. It must be an array with at least one topic. Use change, drift, denied, freeze, \
      trouble.
      """
    ),
    (
      #"[{"name": "a", "url": "https://a.example", "format": "teams", "topics": ["drifts"]}]"#,
      """
      The webhook a has no valid topics. It must be an array with at least one topic. Use change, drift, denied, freeze, \
      trouble.
      """
    ),
  ]

  @Test(arguments: refusals.indices)
  func aWrongFileIsRefusedWithAMessage(_ number: Int) {
    let (text, message) = Self.refusals[number]

    let error = #expect(throws: WebhookError.self) { try WebhookSample.file(text) }

    #expect(error?.description == message)
  }

  @Test func aWrongFilterIsRefusedWithItsProblem() {
    let error = #expect(throws: WebhookError.self) { try WebhookSample.receiver(#""filter": "color eq 'red'""#) }

    #expect(error?.description.hasPrefix("The webhook siem has no valid filter. Invalid filter clause at") == true)
  }

  @Test func noMessageContainsASecretOrAURL() {
    let texts = Self.refusals.map(\.text).map { $0.replacing("https://a.example", with: "https://a.example/canary") }

    for text in texts {
      let error = #expect(throws: WebhookError.self) { try WebhookSample.file(text) }
      #expect(error?.description.contains("canary") == false)
    }
  }
}
