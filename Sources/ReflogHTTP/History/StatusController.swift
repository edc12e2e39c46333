import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The route for the status of this server's ledger.
struct StatusController {
  let history: HistoryService
  /// The service for API tokens, or nil if the server does not accept API tokens.
  let tokens: TokenService?
  /// Returns the warnings about this server's settings and files.
  let warnings: @Sendable () -> [String]
  /// Returns the state of each receiver of webhooks.
  let webhooks: @Sendable () -> [WebhookStatus]

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/reflog/status", use: withoutOptions(status))
  }

  private func status(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var body = try await history.status().json
    body["webhooks"] = .array(webhooks().map { .object($0.json) })
    let expiring = try await tokens?.expiringTokens(for: try context.requireCaller()) ?? []
    body["expiringTokens"] = .array(
      expiring.map {
        .object([
          "id": .string($0.id), "name": .string($0.name), "expiryDateTime": .string($0.expires.description),
        ])
      }
    )
    body["warnings"] = .array(warnings().map(JSONValue.string))
    return Response(json: body)
  }
}
