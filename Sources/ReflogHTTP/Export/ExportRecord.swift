import ReflogFormats
import ReflogModel
import ReflogService

/// Records exports as service events.
///
/// Usually, one service event is recorded for each export. But if a client exports very often, the exports of this
/// client are only counted.
struct ExportRecord {
  /// The maximum number of new entries in an export that is only counted.
  ///
  /// A client can export again and again, for example every second. Each export then contains few new entries, so
  /// Reflog only counts the exports. An export with more new entries is recorded as a service event.
  private static let followedEntries: Int64 = 10_000

  let events: EventRecorder

  /// Records an export.
  ///
  /// Call this method before the first byte of the export is sent.
  ///
  /// - Parameters:
  ///   - collection: The name of the exported collection, which is the last segment of the collection's path.
  ///   - format: The format of the file.
  ///   - isFiltered: Whether the export has a filter. The filter's text is not recorded, because a filter can contain
  ///     names and addresses, and service events are kept.
  ///   - after: The export contains only entries after this sequence. The value is nil for a whole export.
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
      // A client can export every second. One service event for each of these exports would be too many events.
      return events.countExport(by: actor)
    }
    let details: JSONObject = [
      "of": .string(collection), "format": .string(format.rawValue), "filtered": .bool(isFiltered),
    ]
    try await events.recordExport(by: actor, details: details)
  }
}
