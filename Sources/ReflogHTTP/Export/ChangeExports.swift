import FoundationEssentials
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// Answers with an export of changes as a file.
///
/// Each export is recorded as a service event before its first byte is sent. Exports by a client that polls are only
/// counted.
struct ChangeExports {
  /// The maximum number of new entries in an export of a client that polls.
  ///
  /// A client that polls every second gets fewer new entries.
  private static let followedEntries: Int64 = 10_000

  let history: HistoryService
  let manifests: ExportManifests
  let events: EventRecorder

  /// Returns the answer that streams an export.
  ///
  /// - Parameters:
  ///   - exportRequest: The selection of changes to export, and the format of the file.
  ///   - query: The query that the request's filter describes.
  ///   - isToBeSigned: Whether a signed manifest is stored when the whole export was sent.
  ///   - request: The HTTP request.
  ///   - context: The HTTP request's context.
  func response(
    _ exportRequest: ExportRequest,
    _ query: ChangeQuery,
    isToBeSigned: Bool = false,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    // The sequence is read before the first piece of the export. If a change is settled during the export, its new
    // entry has a higher sequence. The next export then contains the change again.
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
      // A client that polls makes an export every second. One service event per export would be too many.
      return events.countExport(by: actor)
    }
    // The event must not contain the filter's text, because that text can contain names and addresses, and the event is
    // kept.
    let details: JSONObject = [
      "of": .string(Change.collection), "format": .string(exportRequest.format.rawValue),
      "filtered": .bool(exportRequest.filter != nil),
    ]
    try await events.record(ServiceEvent.Content(.export, actor: actor, details: details))
  }

  /// Returns the draft of the manifest.
  ///
  /// The manifest is signed when the whole export was sent.
  private func manifest(_ exportRequest: ExportRequest, as id: String) async throws -> ManifestDraft {
    ManifestDraft(
      exportRequest,
      of: try await history.origin(),
      checkpoint: try await history.newestCheckpoint(),
      taken: Timestamp(Date())
    ) { [manifests] manifest in try manifests.keep(manifest, as: id) }
  }
}
