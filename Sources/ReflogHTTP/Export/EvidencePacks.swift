import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import ReflogEvidence
import ReflogModel
import ReflogService

/// Answers a request for a pack: a ZIP file for auditors with the changes of a period.
///
/// Each pack is recorded as an export before the first byte is sent.
struct EvidencePacks {
  let history: HistoryService
  let log: LogPublisher
  let events: EventRecorder
  let admission: Admission

  /// Returns the answer that sends a pack while the pack is written.
  func response(_ request: EvidenceRequest, _ context: ReflogRequestContext) async throws -> Response {
    let share = try admission.export(for: try context.requireCaller(), from: context.ipAddress)
    let details: JSONObject = [
      "of": "evidence", "format": "zip", "filtered": .bool(request.flow != nil),
      "period": .string(request.period.name),
    ]
    let query = try request.query()
    let taken = Timestamp(Date())
    let pack = try await EvidencePack(
      request,
      of: SharedExport(source: history.export(query), share: share),
      from: history,
      taken: taken,
      signers: { [log] in log.signers }
    )
    try await events.recordExport(by: try context.requireCaller().actor, details: details)
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/zip",
        .contentDisposition: DownloadName(request.nameParts, taken: taken, ending: "zip").disposition,
      ],
      body: ResponseBody { writer in try await share.write { try await Self.write(pack, taken: taken, to: &writer) } }
    )
  }

  @concurrent
  private static func write(
    _ pack: EvidencePack<some ExportSource>,
    taken: Timestamp,
    to writer: inout any ResponseBodyWriter
  ) async throws {
    var output = ZipOutput(BodyReceiver(writer: writer), time: taken)
    try await pack.write(to: &output)
    try await output.finish()
    try await writer.finish(nil)
  }
}

/// Sends bytes as a part of a response.
private struct BodyReceiver: ByteReceiver {
  var writer: any ResponseBodyWriter

  @concurrent
  mutating func receive(_ bytes: [UInt8]) async throws {
    try await writer.write(ByteBuffer(bytes: bytes))
  }
}
