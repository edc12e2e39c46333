import Hummingbird
import ReflogModel
import ReflogService

/// The methods with which all routes of the Graph API answer a read or make a change.
extension ChangeService {
  /// Reads a resource of the directory for the caller.
  ///
  /// Reflog forwards the query options, and the directory checks them.
  func answer(
    _ resource: DirectoryRead.Resource,
    to request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    try request.refuseMethodOverride()
    let read = DirectoryRead(
      resource,
      version: try context.version(),
      query: try request.queryItems(),
      correlationID: context.clientRequestID ?? context.requestID
    )
    let (response, base) = (
      try await self.read(read, for: try context.requireCaller()), try request.requestBase(context)
    )
    var answer = try Response(response, at: base)
    let links = LinkRewriting(from: response.linkBase, to: base.baseURL)
    for (name, value) in response.forwardedHeaders { answer.headers[named: name] = links.rewritten(header: value) }
    // With the directory's own id, the caller can find the request in the directory's logs.
    answer.headers[.requestID] = response.requestID
    if let own = context.clientRequestID { answer.headers[.clientRequestID] = own }
    return answer
  }

  /// Makes a change and returns the directory's answer.
  func answer(
    _ action: ChangeRequest.Action,
    to request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let receipt = try await perform(try request.changeRequest(action, context))
    return try Response(receipt.response, at: try request.requestBase(context)).about(receipt.changes.map(\.id))
  }
}
