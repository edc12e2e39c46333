import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// Serves the transparency log (C2SP tlog-tiles).
///
/// No credential is needed, because the log contains only hashes.
struct LogController {
  let history: HistoryService

  func addRoutes(to router: RouterGroup<ReflogRequestContext>) {
    router.get("/checkpoint", use: withoutOptions(checkpoint))
    router.get("/tile/**", use: withoutOptions(tile))
  }

  private func checkpoint(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let note = try await history.checkpoint().note
    var response = Response(bytes: Array(note.utf8), "text/plain; charset=utf-8")
    // The second line of a checkpoint contains the number of entries (C2SP tlog-checkpoint).
    let size = note.split(separator: "\n", maxSplits: 2).dropFirst().first.map(String.init)
    response.headers[.contentDisposition] = DownloadName(["checkpoint", size], taken: nil, ending: "txt").disposition
    return response
  }

  /// Returns a tile, which is a file with a part of the log.
  ///
  /// The bytes at a tile's URL never change. The URL contains the width of the tile, so a partial tile that grows gets
  /// a new URL.
  private func tile(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let path = request.uri.path.drop { $0 == "/" }
    guard let tile = try? Tile(path: path), let bytes = try await history.tile(tile) else {
      throw RequestError.notFound
    }
    var response = Response(bytes: bytes, "application/octet-stream")
    response.headers[.cacheControl] = "public, max-age=31536000, immutable"
    return response
  }
}
