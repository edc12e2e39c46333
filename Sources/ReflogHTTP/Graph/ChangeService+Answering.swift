import Hummingbird
import ReflogModel
import ReflogService

/// What every route of the Graph surface does: answer a read, or do a change.
extension ChangeService {
  /// Reads a resource of the directory for the caller.
  ///
  /// The directory checks the query options.
  func answer(
    _ resource: DirectoryRead.Resource,
    to request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let read = DirectoryRead(resource, version: try context.version(), query: try request.queryItems())
    let response = try await self.read(read, for: try context.requireCaller())
    return try Response(response, at: try request.requestBase(context))
  }

  /// Does a change and returns the directory's answer.
  func answer(
    _ action: ChangeRequest.Action,
    to request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let receipt = try await perform(try request.changeRequest(action, context))
    return try Response(receipt.response, at: try request.requestBase(context)).about(receipt.changes.map(\.id))
  }
}
