import Foundation
import Logging
import ReflogModel
import Synchronization

/// Writes the server's log to stderr, with one line for each event.
///
/// A text from a caller or from the directory can't look like another line or another value.
struct ServerLog: LogHandler {
  private static let currentLevel = Mutex(Logger.Level.info)
  /// The level of all loggers of this process, unless a logger has its own level.
  static var level: Logger.Level { currentLevel.withLock { $0 } }

  private var ownLevel: Logger.Level?
  var logLevel: Logger.Level {
    get { ownLevel ?? Self.level }
    set { ownLevel = newValue }
  }
  var metadata = Logger.Metadata()
  var metadataProvider: Logger.MetadataProvider?
  let label: String

  /// Changes the level of all loggers of this process that do not have their own level.
  static func setLevel(_ level: Logger.Level) { currentLevel.withLock { $0 = level } }

  /// Makes all loggers of this process write to stderr.
  static func start(_ level: Logger.Level) {
    setLevel(level)
    LoggingSystem.bootstrap { ServerLog(label: $0) }
  }

  private init(label: String) {
    self.label = label
  }

  subscript(metadataKey name: String) -> Logger.Metadata.Value? {
    get { metadata[name] }
    set { metadata[name] = newValue }
  }

  func log(event: LogEvent) {
    var values = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
    if let error = event.error { values["error"] = "\(error)" }
    let pairs = values.sorted { $0.key < $1.key }.map { " \($0.key)=\("\($0.value)".logValue)" }.joined()
    Terminal.say("\(Self.timestamp()) \(event.level) \(label):\(pairs) [\(event.source)] \(event.message)")
  }

  /// Returns the current local time with its offset from UTC, for example `2026-11-23T09:15:02+0100`.
  private static func timestamp() -> String {
    var (now, local) = (time(nil), tm())
    localtime_r(&now, &local)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      strftime(text.baseAddress, text.count, "%Y-%m-%dT%H:%M:%S%z", &local) == 0
        ? "-" : text.baseAddress.map { String(cString: $0) } ?? "-"
    }
  }
}
