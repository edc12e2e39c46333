import Hummingbird
import ReflogModel
import ReflogService

/// The two things that routes of the Graph surface do.
extension ChangeService {
  /// Answers a question from the directory, which judges the query.
  func answer(
    _ resource: DirectoryRead.Resource,
    to request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let question = DirectoryRead(resource, version: try context.version(), query: try request.queryItems())
    let response = try await read(question, for: try context.requireCaller())
    return try Response(response, at: try request.requestBase(context))
  }

  /// Does a change, and answers as the directory did.
  func answer(
    _ action: ChangeRequest.Action,
    to request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let receipt = try await perform(try request.changeRequest(action, context))
    return try Response(receipt.response, at: try request.requestBase(context)).about(receipt.changes.map(\.id))
  }
}
