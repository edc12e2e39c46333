import Logging
import Synchronization

/// A log whose messages a test can read.
final class RecordedLog: Sendable {
  private struct Handler: LogHandler {
    let recorded: RecordedLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { recorded.state.withLock { $0.append("\(event.message)") } }
  }

  private let state = Mutex<[String]>([])

  /// The messages without their metadata.
  var messages: [String] { state.withLock { $0 } }

  /// The logger that writes to this log.
  var logger: Logger { Logger(label: "test", factory: { _ in Handler(recorded: self) }) }
}
