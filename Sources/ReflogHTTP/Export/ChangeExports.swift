import FoundationEssentials
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// Answers a request for an export with a file that contains changes.
///
/// Each export is recorded before the first byte is sent.
struct ChangeExports {
  let history: HistoryService
  let manifests: ExportManifests
  let events: EventRecorder
  let admission: Admission

  /// Returns the answer that sends an export while the export is read from the ledger.
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
    let share = try admission.export(for: try context.requireCaller(), from: context.ipAddress)
    // The newest sequence must be read earlier than the first piece of the export. If a change is settled during the
    // export, the change's new entry then has a higher sequence. So the next export contains the change again.
    let newest = try await history.status().newestSequence
    if let after = exportRequest.after { try await history.check(after) }
    try await ExportRecord(events: events).record(
      Change.collection,
      exportRequest.format,
      isFiltered: exportRequest.filter != nil,
      after: exportRequest.after?.sequence,
      newest: newest,
      by: try context.requireCaller().actor
    )
    let draft = isToBeSigned ? try await manifest(exportRequest, as: context.requestID) : nil
    let export = SharedExport(
      source: history.export(query, afterEntry: exportRequest.after?.sequence),
      share: share
    )
    var response = Response(
      exportRequest.format,
      ExportedFile(export, exportRequest.lines, manifest: draft),
      of: share,
      named: DownloadName(exportRequest, query.filter, taken: Timestamp(Date()))
    )
    response.headers[named: "Reflog-Newest-Sequence"] = newest.map(String.init)
    response.headers[named: "Reflog-Position"] = try await history.position(newest)?.description
    if draft != nil {
      let url = "\(try request.versionURL(context))/auditLogs/exportManifests/\(context.requestID)"
      response.headers[named: "Reflog-Manifest"] = url
    }
    return response
  }

  /// Returns the draft of an export's manifest.
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
