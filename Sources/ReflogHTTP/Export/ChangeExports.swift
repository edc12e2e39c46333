import FoundationEssentials
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// Answers with an export of changes as a file.
///
/// A service event is recorded for each export before the first byte is sent. If a client polls, its exports are only
/// counted.
struct ChangeExports {
  /// The maximum number of new entries in an export of a client that polls: one that exports again and again.
  ///
  /// A client that polls every second finds fewer new entries. An export with more new entries is recorded as a service
  /// event.
  private static let followedEntries: Int64 = 10_000

  let history: HistoryService
  let manifests: ExportManifests
  let events: EventRecorder

  /// Returns the answer that streams an export.
  ///
  /// - Parameters:
  ///   - exportRequest: The selection of changes to export, and the format of the file.
  ///   - query: The query that the request's filter describes.
  ///   - isToBeSigned: Whether a signed manifest is stored after the whole export was sent.
  ///   - request: The HTTP request.
  ///   - context: The HTTP request's context.
  func response(
    _ exportRequest: ExportRequest,
    _ query: ChangeQuery,
    isToBeSigned: Bool = false,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    // The sequence is read first, and the first piece of the export is read later. If a change is settled during the
    // export, the change's new entry has a higher sequence. So the next export contains the change again.
    let newest = try await history.status().newestSequence
    try await record(exportRequest, newest, by: try context.requireCaller().actor)
    let draft = isToBeSigned ? try await manifest(exportRequest, as: context.requestID) : nil
    let export = history.export(query, afterEntry: exportRequest.after)
    var response = Response(exportRequest.format, ExportedFile(export, exportRequest.lines, manifest: draft))
    response.headers[named: "Reflog-Newest-Sequence"] = newest.map(String.init)
    if draft != nil {
      let url = "\(try request.versionURL(context))/auditLogs/exportManifests/\(context.requestID)"
      response.headers[named: "Reflog-Manifest"] = url
    }
    return response
  }

  private func record(_ exportRequest: ExportRequest, _ newest: Int64?, by actor: Change.Actor) async throws {
    if let after = exportRequest.after, (newest ?? 0) - after <= Self.followedEntries {
      // A client that polls may export every second. One service event for each of these exports would be too many.
      return events.countExport(by: actor)
    }
    // The event must not contain the filter's text, because that text can contain names and addresses, and service
    // events are kept.
    let details: JSONObject = [
      "of": .string(Change.collection), "format": .string(exportRequest.format.rawValue),
      "filtered": .bool(exportRequest.filter != nil),
    ]
    try await events.record(ServiceEvent.Content(.export, actor: actor, details: details))
  }

  /// Returns the draft of the manifest.
  ///
  /// The manifest is completed and signed after the whole export was sent.
  private func manifest(_ exportRequest: ExportRequest, as id: String) async throws -> ManifestDraft {
    ManifestDraft(
      exportRequest,
      of: try await history.origin(),
      checkpoint: try await history.newestCheckpoint(),
      taken: Timestamp(Date())
    ) { [manifests] manifest in try manifests.keep(manifest, as: id) }
  }
}
