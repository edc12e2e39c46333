import Logging
import Metrics
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Synchronization
import Testing

@testable import ReflogWebhooks

/// Tests of the order of messages, of repeated messages, and of the end of deliveries.
struct WebhookDeliveryTests {
  /// A receiver with scripted results, and a record of all attempts and waits.
  private final class Script: Sendable {
    private struct State {
      var results: ArraySlice<WebhookResult>
      var sent: [String] = []
      var waits: [Duration] = []
      var pauses: [Duration] = []
    }

    private let state: Mutex<State>

    /// Creates a script. After these results, every message is accepted.
    init(_ results: [WebhookResult] = []) {
      state = Mutex(State(results: results[...]))
    }

    /// The sequences of the entries whose messages were sent.
    var sent: [String] { state.withLock { $0.sent.map { $0.split(separator: "_").last.map(String.init) ?? "" } } }
    /// The waits of at least ``RetryPace/first``, for example after a failed attempt.
    var waits: [Duration] { state.withLock { $0.waits } }
    /// The shorter waits, which limit how fast messages are sent and entries are read.
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func send(_ message: WebhookMessage) -> WebhookResult {
      state.withLock { state in
        state.sent.append(message.id)
        return state.results.popFirst() ?? .accepted
      }
    }

    func wait(_ duration: Duration) {
      state.withLock { state in
        if duration >= RetryPace.first { state.waits.append(duration) } else { state.pauses.append(duration) }
      }
    }
  }

  /// The sequence that the test reports to a delivery as the newest entry. If the log does not have this entry, reads
  /// of the ledger fail.
  private final class Newest: Sendable {
    private let value = Mutex<Int64>(99)

    var sequence: Int64 {
      get { value.withLock { $0 } }
      set { value.withLock { $0 = newValue } }
    }
  }

  private static func delivery(
    of ledger: Ledger,
    to script: Script,
    from sequence: Int64 = -1,
    _ members: String = "",
    newest: Newest? = nil,
    clock: ManualClock = ManualClock(),
    log: RecordedLog = RecordedLog()
  ) throws -> WebhookDelivery {
    WebhookDelivery(
      progress: WebhookProgress(of: try WebhookSample.receiver(members), sequence: sequence, lastSuccess: nil),
      history: HistoryService(history: ledger.history),
      source: WebhookSample.source,
      newest: { newest?.sequence ?? ledger.newestSequence ?? -1 },
      clock: clock.read,
      logger: log.logger,
      metrics: NOOPMetricsHandler.instance,
      send: { message, _ in script.send(message) },
      pause: { script.wait($0) }
    )
  }

  private static func record(_ count: Int, in ledger: Ledger) async throws {
    for _ in 0..<count { try await ledger.apply(Sample.intent(before: .none, after: Sample.fraudCheck)) }
  }

  @Test func messagesAreSentInTheOrderOfTheLog() async throws {
    try await withLedger { ledger in
      try await Self.record(3, in: ledger)
      let script = Script()
      let delivery = try Self.delivery(of: ledger, to: script)
      var attempts = WebhookDelivery.Attempts()

      #expect(await delivery.sendNext(&attempts))

      #expect(script.sent == ["1", "3", "5"])
      #expect(delivery.progress.sequence == 5)
      #expect(await !delivery.sendNext(&attempts))
    }
  }

  @Test func aMessageIsRepeatedUntilItIsAcceptedAndLaterOnesWait() async throws {
    try await withLedger { ledger in
      try await Self.record(2, in: ledger)
      let script = Script([.failed("it answered 500"), .failed("it answered 429", retryAfter: .seconds(9)), .accepted])
      let delivery = try Self.delivery(of: ledger, to: script)
      var attempts = WebhookDelivery.Attempts()

      while await delivery.sendNext(&attempts) {}

      #expect(script.sent == ["1", "1", "1", "3"])
      // The delivery also waits after the accepted message, because the receiver had asked for fewer messages with
      // status 429.
      #expect(script.waits == [.seconds(1), .seconds(9), .seconds(1)])
      let status = delivery.progress.status(newest: 3)
      #expect(status.state == .working)
      #expect(status.lastSuccess == ManualClock.start)
      #expect(status.waitingEntries == 0)
      #expect(status.lastError == nil)
    }
  }

  @Test func aReceiverThatIsGoneIsStoppedAndKeepsItsCursor() async throws {
    try await withLedger { ledger in
      try await Self.record(2, in: ledger)
      let script = Script([.accepted, .gone])
      let delivery = try Self.delivery(of: ledger, to: script)

      await delivery.run()

      #expect(script.sent == ["1", "3"])
      let status = delivery.progress.status(newest: 3)
      #expect(delivery.progress.sequence == 1)
      #expect(status.state == .stopped)
      #expect(status.waitingEntries == 2)
      #expect(status.lastError == "it answered 410, so it wants no more messages")
    }
  }

  @Test func entriesThatDoNotMatchAreSkipped() async throws {
    try await withLedger { ledger in
      try await Self.record(2, in: ledger)
      let script = Script()
      let delivery = try Self.delivery(of: ledger, to: script, #""topics": ["drift"]"#)
      var attempts = WebhookDelivery.Attempts()

      #expect(await delivery.sendNext(&attempts))

      #expect(script.sent == [])
      #expect(delivery.progress.sequence == 3)
      #expect(delivery.progress.status(newest: 3).lastSuccess == nil)
    }
  }

  @Test func aFailingReceiverIsShown() throws {
    let progress = WebhookProgress(of: try WebhookSample.receiver(), sequence: 4, lastSuccess: nil)

    #expect(progress.fail("it answered 500", for: 5, at: ManualClock.start))
    #expect(!progress.fail("no answer within 15 seconds", for: 5, at: ManualClock.start.next))

    let status = progress.status(newest: 9)
    #expect(status.name == "siem")
    #expect(status.host == "siem.example")
    #expect(status.state == .failing)
    #expect(status.failingSince == ManualClock.start)
    #expect(status.lastError == "no answer within 15 seconds")
    #expect(status.waitingEntries == 5)
    progress.recover()
    #expect(progress.status(newest: 9).state == .working)
  }

  /// If the data of an entry is erased, the entry can stop matching the filter. Then its message is not sent, and its
  /// failure is over.
  @Test func aFailureIsOverWhenItsEntryNeedsNoMessage() throws {
    let progress = WebhookProgress(of: try WebhookSample.receiver(), sequence: 4, lastSuccess: nil)
    #expect(progress.fail("it answered 500", for: 6, at: ManualClock.start))
    #expect(!progress.fail("The ledger can't be used: it is locked", for: nil, at: ManualClock.start))

    #expect(!progress.skip(to: 5))
    #expect(progress.status(newest: 9).state == .failing)

    #expect(progress.skip(to: 6))
    #expect(progress.status(newest: 9).state == .working)
    #expect(progress.status(newest: 9).lastError == nil)
  }

  @Test(arguments: [
    (ServiceError.ledgerUnreadable("The ledger can't be used: a problem."), "The ledger can't be used: a problem"),
    (.ledgerDamaged("The ledger is damaged: it ends early."), "The ledger is damaged: it ends early"),
    (
      .ledgerUnreadable("Too many changes are waiting to be recorded."),
      "the ledger can't be read: Too many changes are waiting to be recorded"
    ),
    (.ledgerDamaged("Change 5 was altered."), "the ledger can't be read: Change 5 was altered"),
  ])
  func theProblemOfAReadSaysThatTheLedgerCantBeRead(error: ServiceError, problem: String) {
    #expect(WebhookDelivery.problem(error) == problem)
  }

  @Test func aSuccessfulReadOfTheLedgerEndsOnlyAFailureOfReads() async throws {
    try await withLedger { ledger in
      try await Self.record(1, in: ledger)
      let (script, newest, clock) = (Script([.failed("it answered 500")]), Newest(), ManualClock())
      let log = RecordedLog()
      let delivery = try Self.delivery(of: ledger, to: script, newest: newest, clock: clock, log: log)
      var attempts = WebhookDelivery.Attempts()

      for _ in 1...6 { #expect(await delivery.sendNext(&attempts)) }

      let unreadable = delivery.progress.status(newest: 1)
      #expect(unreadable.failingSince == ManualClock.start)
      #expect(unreadable.lastError == "The ledger can't be used: the log does not have entry 99 yet")
      // The pauses between failed reads have a lower maximum than the pauses between failed messages.
      #expect(script.waits == [1, 2, 4, 8, 10, 10].map { Duration.seconds($0) })

      clock.advance(by: .seconds(60))
      newest.sequence = 1
      #expect(await delivery.sendNext(&attempts))

      let failing = delivery.progress.status(newest: 1)
      #expect(failing.failingSince == Timestamp(microseconds: ManualClock.start.microseconds + 60_000_000))
      #expect(failing.lastError == "it answered 500")
      #expect(script.waits.last == .seconds(1))
      #expect(log.messages == ["a webhook fails", "a webhook works again", "a webhook fails"])
    }
  }

  @Test func aFailureOfTheReceiverRemainsAfterTheLedgerCouldNotBeRead() async throws {
    try await withLedger { ledger in
      try await Self.record(1, in: ledger)
      let failure = WebhookResult.failed("it answered 500")
      let (script, newest, clock) = (Script([failure, failure]), Newest(), ManualClock())
      let delivery = try Self.delivery(of: ledger, to: script, newest: newest, clock: clock)
      var attempts = WebhookDelivery.Attempts()

      for sequence: Int64 in [1, 99, 1] {
        newest.sequence = sequence
        #expect(await delivery.sendNext(&attempts))
        clock.advance(by: .seconds(60))
      }

      #expect(delivery.progress.status(newest: 1).failingSince == ManualClock.start)
      #expect(script.waits == [1, 1, 2].map { Duration.seconds($0) })
    }
  }

  /// A purge does not delete the newest change of a step, so the filter excludes that change.
  @Test func aMessageWhoseEntryWasPurgedIsSkippedAndTheLogShowsTheEndOfItsFailure() async throws {
    let ledgerClock = ManualClock()
    try await withLedger(clock: ledgerClock) { ledger in
      try await Self.record(2, in: ledger)
      let (script, log) = (Script([.failed("it answered 500")]), RecordedLog())
      let delivery = try Self.delivery(of: ledger, to: script, #""filter": "id ne 2""#, log: log)
      var attempts = WebhookDelivery.Attempts()
      #expect(await delivery.sendNext(&attempts))

      ledgerClock.advance(by: .seconds(400 * 86_400))
      try await ledger.purgeHistoryOlderThanADay()
      while await delivery.sendNext(&attempts) {}

      #expect(script.sent == ["1"])
      #expect(delivery.progress.sequence == ledger.newestSequence)
      #expect(delivery.progress.status(newest: 1).state == .working)
      #expect(log.messages == ["a webhook fails", "a webhook works again"])
    }
  }

  /// The maximum age of read entries is 0, so every read is too slow.
  @Test func slowReadsAreShownAndBecomeSmallerUntilTheMessagesAreSent() async throws {
    try await withLedger { ledger in
      try await Self.record(2, in: ledger)
      let (script, log) = (Script(), RecordedLog())
      var delivery = try Self.delivery(of: ledger, to: script, log: log)
      delivery.readAge = .zero
      var attempts = WebhookDelivery.Attempts()

      #expect(await delivery.sendNext(&attempts))
      #expect(delivery.progress.status(newest: 3).lastError == "a read of the ledger took longer than 0 seconds")
      for _ in 1...5 { #expect(await delivery.sendNext(&attempts)) }

      #expect(script.sent == ["1", "3"])
      #expect(script.waits == [.seconds(1), .seconds(2)])
      #expect(delivery.progress.status(newest: 3).state == .working)
      #expect(await !delivery.sendNext(&attempts))
      #expect(log.messages == ["a webhook fails", "a webhook works again"])
    }
  }

  @Test func aDeliveryOfFewMessagesPausesBetweenReads() async throws {
    try await withLedger { ledger in
      let drafts = (0..<260).map { _ in
        Group.Draft(Sample.intent(before: .none, after: Sample.fraudCheck, kind: .drift), .found)
      }
      try await ledger.record(drafts)
      let script = Script()
      let delivery = try Self.delivery(of: ledger, to: script, #""topics": ["freeze"]"#)
      var attempts = WebhookDelivery.Attempts()

      for _ in 1...2 { #expect(await delivery.sendNext(&attempts)) }

      #expect(script.sent == [])
      #expect(delivery.progress.sequence == 259)
      #expect(script.pauses.count == 2 && script.pauses.allSatisfy { $0 > .zero }, "\(script.pauses)")
    }
  }

  /// `entries` is the number of entries that are recorded in each millisecond. `pause` is the pause, in milliseconds,
  /// after ten messages.
  @Test(arguments: [(0, 191), (1, 491)] as [(Int64, Int)])
  func tenMessagesAreSentWithoutAPauseBetweenThem(entries: Int64, pause: Int) {
    var pace = MessagePace()
    let start = ContinuousClock.now

    let waits = (0..<20).map { pace.wait(after: start + .milliseconds($0), newest: Int64($0) * entries) }

    let burst = Array(repeating: Duration.zero, count: 9) + [.milliseconds(pause)]
    #expect(waits == burst + burst)
    #expect(pace.wait(after: start + .milliseconds(600), newest: 0) == .zero)
  }

  @Test func aReceiverThatAsksForFewerMessagesGetsThemMoreSlowlyForAWhile() {
    var pace = MessagePace()

    for _ in 1...2 { pace.slowDown() }

    let waits = (0..<30).map { _ in pace.wait(after: .now, newest: 0) }
    #expect(waits.prefix(2) == [.seconds(2), .milliseconds(1800)])
    #expect(waits == waits.sorted(by: >) && waits.last == .zero)
    for _ in 1...10 { pace.slowDown() }
    #expect(pace.wait(after: .now, newest: 0) == .seconds(30))
  }

  @Test func aCancelledDeliveryEnds() async throws {
    try await withLedger { ledger in
      try await Self.record(1, in: ledger)
      let script = Script(Array(repeating: .failed("it answered 500"), count: 1_000_000))
      let delivery = try Self.delivery(of: ledger, to: script)

      await withTaskGroup(of: Void.self) { group in
        group.addTask { await delivery.run() }
        while script.waits.count < 3 { await Task.yield() }
        group.cancelAll()
      }

      #expect(delivery.progress.sequence == -1)
    }
  }
}
