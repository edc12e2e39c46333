package import Logging
package import Metrics
import NIOPosix
package import ReflogModel
package import ReflogService
import ServiceLifecycle
import Synchronization

/// Sends the entries of the log to the receivers in the settings.
///
/// For each receiver, a separate task reads the ledger after commits and sends messages. So a slow or dead receiver
/// does not delay changes or other receivers.
package final class Webhooks: Service {
  /// The time between two writes of the cursors while no entries are recorded.
  ///
  /// If the process is killed, the messages that were sent since the last write are sent again.
  private static let saveInterval = Duration.seconds(1)
  /// The time between two writes of the cursors while entries are recorded.
  ///
  /// Each write of the cursors delays changes, because the commits of the ledger wait for the same disk. So this time
  /// is longer.
  private static let busySaveInterval = Duration.seconds(5)

  private let progresses: [WebhookProgress]
  private let history: HistoryService
  private let source: WebhookMessage.Source
  private let path: String
  private let newest: @Sendable () -> Int64
  private let clock: WallClock
  private let logger: Logger
  private let metrics: any MetricsFactory
  private let state: Mutex<State>

  private struct State {
    var cursors: WebhookCursors
    /// A sentence that says why the cursors could not be saved, or nil if they were saved.
    var problem: String?
  }

  private init(
    _ progresses: [WebhookProgress],
    _ cursors: WebhookCursors,
    history: HistoryService,
    source: WebhookMessage.Source,
    path: String,
    newest: @escaping @Sendable () -> Int64,
    clock: @escaping WallClock,
    logger: Logger,
    metrics: any MetricsFactory
  ) {
    self.progresses = progresses
    self.history = history
    self.source = source
    self.path = path
    self.newest = newest
    self.clock = clock
    self.logger = logger
    self.metrics = metrics
    state = Mutex(State(cursors: cursors))
  }

  /// Reads the file of cursors, and finds the entry after which each receiver continues.
  ///
  /// A new receiver begins with the next entry of the log. When this method returns, all cursors are durable.
  ///
  /// - Parameters:
  ///   - receivers: The receivers.
  ///   - history: The ledger.
  ///   - path: The path of the file with the cursors.
  ///   - publicURL: The URL, with the base path, that people use for Reflog, or nil if none is set.
  ///   - newest: Returns the newest entry that this process has recorded, or nil if it has recorded none yet.
  ///   - clock: The clock for the times of attempts.
  ///   - logger: The service's log.
  ///   - metrics: Receives the numbers of messages and of failures.
  package static func open(
    _ receivers: [WebhookReceiver],
    history: HistoryService,
    cursorsAt path: String,
    publicURL: String?,
    newest: @escaping @Sendable () -> Int64?,
    clock: @escaping WallClock,
    logger: Logger,
    metrics: any MetricsFactory
  ) async throws -> Webhooks {
    let origin = try await history.origin().text
    var cursors = try WebhookCursors(path: path)
    let end = try await history.newestSequence()
    var progresses: [WebhookProgress] = []
    for receiver in receivers {
      let known = cursors.cursors[receiver.name]
      let found = try await position(known, in: history, origin: origin, end: end)
      let progress = WebhookProgress(
        of: receiver,
        sequence: found ?? known?.sequence ?? end,
        lastSuccess: known?.lastSuccess
      )
      progresses.append(progress)
      if found == nil {
        progress.stop(foreignCursor, at: clock())
        let metadata: Logger.Metadata = ["receiver": "\(receiver.name)", "error": "\(foreignCursor)"]
        logger.error("a webhook does not begin", metadata: metadata)
      } else if found == known?.sequence {
        cursors.cursors[receiver.name]?.origin = origin
      } else {
        let metadata: Logger.Metadata = ["receiver": "\(receiver.name)", "entry": "\(progress.sequence + 1)"]
        logger.notice("a webhook begins", metadata: metadata)
      }
    }
    let webhooks = Webhooks(
      progresses,
      cursors,
      history: history,
      source: WebhookMessage.Source(origin: origin, publicURL: publicURL),
      path: path,
      newest: { newest() ?? end },
      clock: clock,
      logger: logger,
      metrics: metrics
    )
    let current = try await webhooks.currentCursors()
    try current.write(to: path)
    webhooks.state.withLock { $0.cursors = current }
    return webhooks
  }

  /// The error of a receiver whose cursor does not match the ledger.
  private static let foreignCursor =
    "its cursor belongs to another ledger or to a newer copy of this one. Stop the server, remove the receiver's "
    + "member from the file of cursors, and start the server. The receiver then begins with the next entry"

  /// Returns the entry after which a receiver continues, or nil if its cursor does not match the ledger.
  private static func position(
    _ known: WebhookCursors.Cursor?,
    in history: HistoryService,
    origin: String,
    end: Int64
  ) async throws(ServiceError) -> Int64? {
    guard let known else { return end }
    if let hash = known.hash {
      if try await history.entryHash(at: known.sequence) == hash { return known.sequence }
    } else if known.origin == origin {
      return known.sequence
    }
    // The cursor's entry is not in this ledger. If this ledger is an older copy that was accepted, the receiver already
    // got all entries of the copy. It then continues with the entry that records the acceptance.
    return try await history.firstEntry(afterReplacementOf: known.origin).map { $0 - 1 }
  }

  /// The status of each receiver, in the order of the settings.
  package var statuses: [WebhookStatus] {
    let newest = newest()
    return progresses.map { $0.status(newest: newest) }
  }

  /// The warnings for the administrator.
  package var warnings: [String] {
    state.withLock { $0.problem }.map { ["\($0) After a crash, messages are sent again."] } ?? []
  }

  /// Sends messages until the service stops.
  ///
  /// When this method returns, the cursors are durable, unless their file can't be written.
  package func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        for progress in self.progresses {
          group.addTask { await self.deliver(progress) }
        }
        group.addTask { await self.saveRegularly() }
      }
    }
    await save()
  }

  /// Saves the cursors until the task is cancelled.
  private func saveRegularly() async {
    var (end, saved) = (newest(), ContinuousClock.now)
    while !Task.isCancelled {
      // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
      try? await Task.sleep(for: Self.saveInterval)
      let newest = newest()
      let interval = newest == end ? Self.saveInterval : Self.busySaveInterval
      end = newest
      guard !Task.isCancelled, ContinuousClock.now - saved >= interval else { continue }
      await save()
      saved = .now
    }
  }

  private func deliver(_ progress: WebhookProgress) async {
    let connection = WebhookConnection(to: progress.receiver)
    await WebhookDelivery(
      progress: progress,
      history: history,
      source: source,
      newest: newest,
      clock: clock,
      logger: logger,
      metrics: metrics,
      send: { message, seconds in await connection.send(message, at: seconds) }
    ).run()
    await connection.close()
  }

  private func save() async {
    let problem: String?
    do {
      let (cursors, saved) = (try await currentCursors(), state.withLock { $0.cursors })
      if cursors.cursors != saved.cursors {
        // The write waits for the disk, so it runs on a thread pool that answers no requests.
        try await NIOThreadPool.singleton.runIfActive { [path] in try cursors.write(to: path) }
        state.withLock { $0.cursors = cursors }
      }
      problem = nil
    } catch {
      // The error is only logged and shown in the status, because it stops no delivery, and the next attempt can save
      // the cursors.
      problem = (error as? WebhookError ?? .cursorsNotSaved(path: path, problem: "\(error)")).description
    }
    let isNew = state.withLock { state in
      defer { state.problem = problem }
      return state.problem == nil
    }
    guard let problem, isNew else { return }
    logger.error("the cursors of the webhooks can't be saved", metadata: ["error": "\(problem)"])
  }

  /// Returns the saved cursors, updated with the progress since they were saved.
  private func currentCursors() async throws(ServiceError) -> WebhookCursors {
    var cursors = state.withLock { $0.cursors }
    for progress in progresses {
      let (name, sequence) = (progress.receiver.name, progress.sequence)
      // A cursor without progress is kept. So a cursor that does not match the ledger is kept until a person removes
      // it.
      guard cursors.cursors[name]?.sequence != sequence else { continue }
      let hash = sequence < 0 ? nil : try await history.entryHash(at: sequence)
      // A cursor without the hash of its entry is not valid. So if the entry is missing, the older cursor is kept.
      guard sequence < 0 || hash != nil else { continue }
      cursors.cursors[name] = WebhookCursors.Cursor(
        sequence: sequence,
        hash: hash,
        origin: source.origin,
        lastSuccess: progress.lastSuccess
      )
    }
    return cursors
  }
}
