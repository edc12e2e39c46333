import Hummingbird
import ReflogModel
import ReflogService

/// The two things that routes of the Graph surface do.
extension ChangeService {
  /// Answers a question from the directory.
  func answer(
    _ question: DirectoryRead,
    to request: Request,
    _ context: ReflogRequestContext,
    allowing options: [QueryOptions.Name] = []
  ) async throws -> Response {
    _ = try QueryOptions(request, allowing: options)
    return Response(try await read(question), versionURL: try request.versionURL(context))
  }

  /// Does a change, and answers as the directory did.
  func answer(
    _ action: ChangeRequest.Action,
    to request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let receipt = try await perform(try request.changeRequest(action, context))
    return Response(receipt.response, versionURL: try request.versionURL(context)).about(receipt.changes.map(\.id))
  }
}
