import ReflogModel
import ReflogTesting

@testable import ReflogWebhooks

/// Sample values for tests of webhooks.
enum WebhookSample {
  static let secretText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  static let source = WebhookMessage.Source(origin: "audit.example/reflog", publicURL: "https://reflog.example")

  /// Returns the receivers in a file with this text. The file `/secret` contains a secret.
  static func file(_ text: String) throws(WebhookError) -> WebhookFile {
    try WebhookFile("/webhooks.json") { path throws(WebhookError) in
      switch path {
      case "/webhooks.json": Array(text.utf8)
      case "/secret": Array("\u{FEFF}\(secretText)\r\nsecond line\n".utf8)
      case "/empty": []
      case "/utf16": Array([0xFF, 0xFE, 0x77, 0])
      default: throw .unreadable(path: path, problem: "it does not exist")
      }
    }
  }

  /// Returns a receiver with these members in addition to its name, URL and secret.
  static func receiver(_ members: String = "") throws(WebhookError) -> WebhookReceiver {
    let url = #""name": "siem", "url": "https://siem.example/secret-path", "secret": "\#(secretText)""#
    guard let receiver = try file("[{\(url)\(members.isEmpty ? "" : ", ")\(members)}]").receivers.first else {
      throw .notReceivers(path: "")
    }
    return receiver
  }

  /// Returns a settled change.
  static func change(
    _ kind: Change.Kind = .update,
    of subject: Change.Subject = .step(Sample.signup),
    after: ConnectorReference = Sample.newVendor,
    by actor: Change.Actor = Sample.operatorActor,
    _ result: Change.Result = .applied,
    reason: String? = "CHG0042",
    code: String? = nil,
    message: String? = nil,
    erased: Erased? = nil,
    override: FreezeOverride? = nil
  ) -> Change {
    Change(
      id: Change.ID(5),
      sequence: 9,
      tenantID: "tenant",
      activityDateTime: ManualClock.start,
      intent: Change.Intent(
        subject: subject,
        kind: kind,
        before: Sample.fraudCheck,
        after: after,
        actor: actor,
        reason: reason,
        correlationID: nil,
        requestID: "request"
      ),
      outcome: Change.Outcome(result: result, code: code, message: message, settledBy: .request),
      resultDateTime: nil,
      erased: erased,
      override: override
    )
  }

  /// Returns a service event.
  static func event(
    _ kind: ServiceEvent.Kind,
    details: JSONObject = [:],
    reason: String? = nil,
    erased: Erased? = nil
  ) -> ServiceEvent {
    ServiceEvent(
      id: 3,
      sequence: 12,
      activityDateTime: ManualClock.start,
      content: ServiceEvent.Content(kind, actor: Sample.operatorActor, details: details, reason: reason),
      erased: erased
    )
  }
}
