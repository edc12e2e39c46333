import FoundationEssentials
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// Hands history out as a file. That somebody takes it is on record before the first byte of it leaves, or counted where it goes on
/// behind an earlier one.
struct ChangeExports {
  /// More new entries than this are no longer what somebody who follows takes every second.
  private static let followedEntries: Int64 = 10_000

  let history: HistoryService
  let manifests: ExportManifests
  let events: EventRecorder

  /// - Parameters:
  ///   - query: what the order's filter asks for.
  ///   - isToBeSigned: whether a signed manifest is made once all was taken.
  func response(
    _ order: ExportRequest,
    _ query: ChangeQuery,
    isToBeSigned: Bool = false,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    // Read before the first piece: what settles while it is taken has a newer entry, and comes again behind this one.
    let newest = try await history.status().newestSequence
    try await record(order, newest, by: try context.requireCaller().actor)
    let draft = isToBeSigned ? try await manifest(order, as: context.requestID) : nil
    let export = history.export(query, afterEntry: order.after)
    var response = Response(file: order.format, ExportPieces(export, order.lines, manifest: draft))
    response.headers[named: "Reflog-Newest-Sequence"] = newest.map(String.init)
    if draft != nil {
      let place = "\(try request.versionURL(context))/auditLogs/exportManifests/\(context.requestID)"
      response.headers[named: "Reflog-Manifest"] = place
    }
    return response
  }

  private func record(_ order: ExportRequest, _ newest: Int64?, by actor: Change.Actor) async throws {
    if let after = order.after, (newest ?? 0) - after <= Self.followedEntries {
      // Whoever follows asks every second.
      return events.countExport(by: actor)
    }
    // Not the filter itself: names and addresses may stand in it, and this stays.
    let details: JSONObject = [
      "of": .string(Change.collection), "format": .string(order.format.rawValue),
      "filtered": .bool(order.filter != nil),
    ]
    try await events.record(ServiceEvent.Content(.export, actor: actor, details: details))
  }

  /// What is to be signed of an export once it was taken whole.
  private func manifest(_ order: ExportRequest, as id: String) async throws -> ManifestDraft {
    ManifestDraft(
      order,
      of: try await history.origin(),
      checkpoint: try await history.newestCheckpoint(),
      taken: Timestamp(Date())
    ) { [manifests] manifest in try manifests.keep(manifest, as: id) }
  }
}
