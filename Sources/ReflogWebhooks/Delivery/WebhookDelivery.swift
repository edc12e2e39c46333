import Logging
import Metrics
import ReflogModel
import ReflogService

/// Sends the messages for the entries of the log to one receiver, one after another in the order of the log.
///
/// Each message is repeated until the receiver accepts it. So the receiver gets each message at least once, and the
/// first copies of all messages arrive in the order of the log.
struct WebhookDelivery: Sendable {
  /// The minimum time between two reads of the ledger, if the first read returned all new entries.
  ///
  /// With this time, one read returns the entries of many commits while many changes are made.
  private static let interval = Duration.milliseconds(250)
  /// The minimum time between two reads of the ledger if the first read did not return all new entries, as a multiple
  /// of the duration of the first read.
  ///
  /// Without this time, the reads for a receiver that wants few messages would use one processor completely while many
  /// changes are made.
  private static let readPause = 20
  /// The maximum of the time that `readPause` determines. Without a maximum, a slow ledger would delay messages too
  /// much.
  private static let longestReadPause = Duration.milliseconds(500)
  /// The maximum number of entries in one read.
  private static let maximumEntryCount: Int64 = 256

  /// A function that sends a message once. Its second argument is the current time in seconds since 1970.
  typealias Send = @Sendable (WebhookMessage, Int64) async -> WebhookResult

  let progress: WebhookProgress
  let history: HistoryService
  let source: WebhookMessage.Source
  /// Returns the sequence of the newest entry of the log.
  let newest: @Sendable () -> Int64
  let clock: WallClock
  let logger: Logger
  let metrics: any MetricsFactory
  let send: Send
  /// Waits, and returns early if the task is cancelled.
  var pause: @Sendable (Duration) async -> Void = { duration in
    guard duration > .zero else { return }
    // The sleep ends early, with an error, only if the task is cancelled. Then the caller's loop ends too.
    try? await Task.sleep(for: duration)
  }
  /// The maximum time between the read of an entry and the start of its message.
  ///
  /// A slow receiver can need a long time for the entries of one read. After this time, the remaining entries are read
  /// again, because their data was possibly erased in the meantime.
  var readAge = Duration.seconds(5)

  private var receiver: WebhookReceiver { progress.receiver }

  /// The values that determine the next pauses and the size of the next read.
  struct Attempts {
    /// Determines the pauses after accepted messages.
    var messagePace = MessagePace()
    /// Determines the pauses after failed attempts to send a message.
    var pace = RetryPace()
    /// The maximum number of entries in the next read. It becomes smaller if reads are slow.
    var entryCount = WebhookDelivery.maximumEntryCount
    /// Determines the pauses after failed reads of the ledger.
    ///
    /// The maximum pause is short, because a problem with the ledger is not the receiver's fault.
    var readPace = RetryPace(upTo: .seconds(10))
    /// Whether the failure that the status shows began with a failed read of the ledger.
    var beganWithRead = false
  }

  /// Sends messages until the task is cancelled, or until the receiver wants no more messages.
  func run() async {
    var attempts = Attempts()
    while !Task.isCancelled, !progress.isStopped {
      if await !sendNext(&attempts) { await pause(Self.interval) }
    }
  }

  /// Sends the messages for the next entries until the first failure. Returns false if there are no new entries.
  ///
  /// After a failure, the next call reads the entry again. So data that was erased in the meantime is not sent.
  func sendNext(_ attempts: inout Attempts) async -> Bool {
    let newest = newest()
    guard progress.sequence < newest else { return false }
    let start = ContinuousClock.now
    let read: (entries: [SettledEntry], end: Int64)
    do {
      let last = min(newest, progress.sequence + attempts.entryCount)
      read = try await history.settledEntries(after: progress.sequence, through: last)
    } catch {
      await failRead(Self.problem(error), &attempts)
      return true
    }
    let end = ContinuousClock.now
    let duration = end - start
    if duration < readAge {
      attempts.entryCount = min(Self.maximumEntryCount, attempts.entryCount * 2)
    } else if read.end > progress.sequence + 1 {
      // The read took so long that its entries are too old to be sent. The next read returns fewer entries. A read of
      // only one entry is not rejected here, because the delivery would otherwise make no progress.
      attempts.entryCount = (read.end - progress.sequence) / 2
      await failRead("a read of the ledger took longer than \(readAge.components.seconds) seconds", &attempts)
      return true
    }
    if attempts.beganWithRead {
      progress.recover()
      worksAgain()
    }
    (attempts.beganWithRead, attempts.readPace) = (false, Attempts().readPace)
    var isFirst = true
    for entry in read.entries where receiver.wants(entry) {
      // The first entry is sent in any case, because its age was checked above. Without this exception, a slow read
      // could be repeated for ever.
      guard isFirst || ContinuousClock.now - start < readAge, await deliver(entry, &attempts) else { return true }
      isFirst = false
    }
    if progress.skip(to: read.end) { worksAgain() }
    let rest = read.end < newest ? min(Self.longestReadPause, duration * Self.readPause) : Self.interval
    await pause(rest - (ContinuousClock.now - end))
    return true
  }

  /// Sends the message for an entry once, and returns whether the receiver has accepted it.
  private func deliver(_ entry: SettledEntry, _ attempts: inout Attempts) async -> Bool {
    guard let message = WebhookMessage(entry, receiver.format, from: source) else { return true }
    switch await send(message, clock().microseconds / 1_000_000) {
    case .accepted:
      count("reflog_webhook_messages_total")
      if progress.accept(entry.sequence, at: clock()) { worksAgain() }
      attempts.pace = RetryPace()
      await pause(attempts.messagePace.wait(after: .now, newest: newest()))
      return true
    case .gone:
      stop("it answered 410, so it wants no more messages")
    case .failed(let problem, let retryAfter):
      _ = fail(problem, for: entry.sequence)
      if retryAfter != nil { attempts.messagePace.slowDown() }
      await pause(attempts.pace.wait(retryAfter: retryAfter))
    }
    return false
  }

  /// Returns the problem of a failed read of the ledger, without a full stop, because other problems of a webhook have
  /// none.
  static func problem(_ error: ServiceError) -> String {
    let text = "\(error)"
    let clause = text.hasSuffix(".") ? String(text.dropLast()) : text
    // Most descriptions begin with the ledger and its problem. The others do not say what could not be done.
    return clause.hasPrefix("The ledger ") ? clause : "the ledger can't be read: \(clause)"
  }

  /// Records that the ledger could not be read in time, and waits.
  private func failRead(_ problem: String, _ attempts: inout Attempts) async {
    if fail(problem, for: nil) { attempts.beganWithRead = true }
    await pause(attempts.readPace.wait(retryAfter: nil))
  }

  private func worksAgain() {
    logger.notice("a webhook works again", metadata: metadata())
  }

  /// Records a failed attempt, and returns whether it is the first failure since the last success.
  private func fail(_ problem: String, for entry: Int64?) -> Bool {
    // A cancelled attempt does not count as a failure of the receiver. The message is sent again after the next start.
    if Task.isCancelled { return false }
    count("reflog_webhook_failures_total")
    let isFirst = progress.fail(problem, for: entry, at: clock())
    // Only the first failure is logged. The status shows the newest failure.
    if isFirst { logger.warning("a webhook fails", metadata: metadata(problem)) }
    return isFirst
  }

  private func stop(_ problem: String) {
    count("reflog_webhook_failures_total")
    progress.stop(problem, at: clock())
    logger.error("a webhook is stopped until the next start", metadata: metadata(problem))
  }

  private func count(_ label: String) {
    Counter(label: label, dimensions: [("receiver", receiver.name)], factory: metrics).increment()
  }

  private func metadata(_ problem: String? = nil) -> Logger.Metadata {
    var metadata: Logger.Metadata = ["receiver": "\(receiver.name)", "host": "\(receiver.host)"]
    if let problem { metadata["error"] = "\(problem)" }
    return metadata
  }
}
