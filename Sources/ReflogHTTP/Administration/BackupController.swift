import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel
import ReflogService

/// Sends a copy of the whole ledger as a SQLite file.
///
/// Only admins can use this route.
struct BackupController {
  let backups: Backups

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/reflog/backup", use: withoutOptions(take))
  }

  private func take(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let copy = try await backups.make(for: try context.requireCaller())
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/vnd.sqlite3", .contentLength: String(copy.byteCount),
        .contentDisposition: DownloadName(["ledger"], taken: Timestamp(Date()), ending: "sqlite").disposition,
        .cacheControl: "no-store",
      ],
      body: ResponseBody(contentLength: copy.byteCount) { writer in
        while let piece = try copy.next() { try await writer.write(ByteBuffer(bytes: piece)) }
        try await writer.finish(nil)
      }
    )
  }
}
