import ReflogModel
import Synchronization

/// The newest entry that a receiver has got, and the state of the deliveries to it.
final class WebhookProgress: Sendable {
  let receiver: WebhookReceiver
  private let values: Mutex<Values>

  private struct Values {
    var sequence: Int64
    var lastSuccess: Timestamp?
    var failingSince: Timestamp?
    var lastError: String?
    /// The entry whose message failed last, or nil if none failed since the last success.
    var failedEntry: Int64?
    var isStopped = false

    mutating func clearFailure() {
      (failingSince, lastError, failedEntry) = (nil, nil, nil)
    }
  }

  /// Creates the progress of a receiver.
  ///
  /// - Parameters:
  ///   - receiver: The receiver.
  ///   - sequence: The newest entry that the receiver has got, or -1 if it gets all entries of the log.
  ///   - lastSuccess: When the receiver last accepted a message, or nil if it has accepted none.
  init(of receiver: WebhookReceiver, sequence: Int64, lastSuccess: Timestamp?) {
    self.receiver = receiver
    values = Mutex(Values(sequence: sequence, lastSuccess: lastSuccess))
  }

  /// The newest entry that the receiver has got.
  var sequence: Int64 { values.withLock { $0.sequence } }
  /// When the receiver last accepted a message, or nil if it has accepted none.
  var lastSuccess: Timestamp? { values.withLock { $0.lastSuccess } }
  /// Whether no more messages are sent until the server starts again.
  var isStopped: Bool { values.withLock { $0.isStopped } }

  /// Records that the entries up to `sequence` need no message. Returns whether a failure is over because of this.
  ///
  /// A failure is over if the message for one of these entries had failed. The entry then no longer needs a message,
  /// for example because its data was erased.
  func skip(to sequence: Int64) -> Bool {
    values.withLock { values in
      values.sequence = sequence
      guard let failed = values.failedEntry, failed <= sequence else { return false }
      values.clearFailure()
      return true
    }
  }

  /// Records that the receiver accepted the message for an entry. Returns whether earlier attempts had failed.
  func accept(_ sequence: Int64, at time: Timestamp) -> Bool {
    values.withLock { values in
      defer { values = Values(sequence: sequence, lastSuccess: time) }
      return values.failingSince != nil
    }
  }

  /// Records that an attempt failed. Returns whether this is the first failure since the last success.
  ///
  /// - Parameters:
  ///   - problem: The reason.
  ///   - entry: The entry whose message failed, or nil if the ledger could not be read.
  ///   - time: The time of the attempt.
  func fail(_ problem: String, for entry: Int64?, at time: Timestamp) -> Bool {
    values.withLock { values in
      defer {
        (values.failingSince, values.lastError) = (values.failingSince ?? time, problem)
        values.failedEntry = entry ?? values.failedEntry
      }
      return values.failingSince == nil
    }
  }

  /// Records that the problem of the last failed attempt is over although no message was accepted.
  func recover() {
    values.withLock { $0.clearFailure() }
  }

  /// Records that no more messages are sent until the server starts again.
  func stop(_ problem: String, at time: Timestamp) {
    values.withLock { values in
      (values.failingSince, values.lastError, values.isStopped) = (values.failingSince ?? time, problem, true)
    }
  }

  /// Returns the status.
  ///
  /// - Parameter newest: The newest entry of the log.
  func status(newest: Int64) -> WebhookStatus {
    values.withLock { values in
      WebhookStatus(
        name: receiver.name,
        host: receiver.host,
        state: values.isStopped ? .stopped : values.failingSince == nil ? .working : .failing,
        waitingEntries: max(0, newest - values.sequence),
        lastSuccess: values.lastSuccess,
        failingSince: values.failingSince,
        lastError: values.lastError
      )
    }
  }
}
