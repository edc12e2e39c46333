import ReflogFormats
import ReflogModel
import ReflogService

/// Records exports as service events.
///
/// Usually, one service event is recorded for each export. But if a client polls or exports very often, its exports are
/// only counted.
struct ExportRecord {
  /// The maximum number of new entries in an export by a client that polls, which means that it exports again and
  /// again.
  ///
  /// If a client polls every second, each of its exports has fewer new entries. An export with more new entries is
  /// recorded as a service event.
  private static let followedEntries: Int64 = 10_000

  let events: EventRecorder

  /// Records an export, before its first byte is sent.
  ///
  /// - Parameters:
  ///   - collection: The exported collection, as the last segment of its path.
  ///   - format: The format of the file.
  ///   - isFiltered: Whether the export has a filter. The filter's text is not recorded, because it can contain names
  ///     and addresses, and service events are kept.
  ///   - after: The sequence after which the export continues an earlier export, or nil for a whole export.
  ///   - newest: The sequence of the newest entry, or nil if the log is empty.
  ///   - actor: The caller.
  func record(
    _ collection: String,
    _ format: ExportFormat,
    isFiltered: Bool,
    after: Int64?,
    newest: Int64?,
    by actor: Change.Actor
  ) async throws {
    if let after, (newest ?? 0) - after <= Self.followedEntries {
      // A polling client can export every second. One service event for each of these exports would be too many events.
      return events.countExport(by: actor)
    }
    let details: JSONObject = [
      "of": .string(collection), "format": .string(format.rawValue), "filtered": .bool(isFiltered),
    ]
    try await events.recordExport(by: actor, details: details)
  }
}
