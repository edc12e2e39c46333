import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogWebhooks

/// Tests which entries are sent to which receivers.
struct WebhookTopicTests {
  static let changes: [(Change, WebhookTopic)] = [
    (WebhookSample.change(), .change), (WebhookSample.change(.rollback), .change),
    (WebhookSample.change(.baseline), .change), (WebhookSample.change(.update, .rejected), .change),
    (WebhookSample.change(.drift), .drift), (WebhookSample.change(.update, .denied), .denied),
  ]

  @Test(arguments: changes.indices)
  func everyChangeHasATopic(_ number: Int) {
    let (change, topic) = Self.changes[number]

    #expect(WebhookTopic(.change(change)) == topic)
  }

  @Test func onlyServiceEventsOfSomeKindsHaveATopic() {
    let topics: [ServiceEvent.Kind: WebhookTopic] = [
      .denied: .denied, .freezePlaced: .freeze, .freezeReleased: .freeze, .freezeOverridden: .freeze,
      .clockAccepted: .trouble, .keyReplaced: .trouble, .olderLedgerAccepted: .trouble,
    ]

    for kind in ServiceEvent.Kind.allCases {
      #expect(WebhookTopic(.event(WebhookSample.event(kind))) == topics[kind], "\(kind)")
    }
  }

  @Test func anAlteredEntryIsTrouble() {
    #expect(WebhookTopic(.altered(sequence: 1, problem: "")) == .trouble)
  }

  @Test func aReceiverGetsOnlyItsTopics() throws {
    let receiver = try WebhookSample.receiver(#""topics": ["drift"]"#)

    #expect(receiver.wants(.change(WebhookSample.change(.drift))))
    #expect(!receiver.wants(.change(WebhookSample.change())))
    #expect(!receiver.wants(.event(WebhookSample.event(.freezePlaced))))
  }

  @Test func aFilterAppliesToChangesAlone() throws {
    let receiver = try WebhookSample.receiver(#""filter": "kind eq 'rollback' and contains(reason,'CHG')""#)

    #expect(receiver.wants(.change(WebhookSample.change(.rollback))))
    #expect(!receiver.wants(.change(WebhookSample.change(.rollback, reason: "INC1"))))
    #expect(!receiver.wants(.change(WebhookSample.change())))
    #expect(receiver.wants(.event(WebhookSample.event(.freezePlaced))))
    #expect(!receiver.wants(.event(WebhookSample.event(.start))))
  }
}
