import HTTPTypes
import Hummingbird
import Logging
import ReflogModel
import ReflogService
import ReflogWeb

/// Creates the answer to a failed request: a page that shows the error.
struct ErrorPage {
  let directory: DirectoryKind
  let logger: Logger

  /// Returns the answer to a failed request.
  ///
  /// - Parameters:
  ///   - error: The error.
  ///   - request: The request.
  ///   - context: The context of the request.
  ///   - zone: The unknown name of a time zone that the person typed, or nil. The field on the page shows the name.
  func response(
    to error: any Error,
    _ request: Request,
    _ context: ReflogRequestContext,
    unknownZone zone: String? = nil
  ) -> Response {
    let answer = ErrorAnswer(error)
    answer.log(to: logger, request, context, cause: error)
    let page = MessagePage(
      heading: answer.heading,
      message: (error as? ServiceError)?.onPage ?? answer.message,
      changes: (error as? ServiceError)?.changes ?? [],
      requestID: context.requestID,
      trail: Self.trail(of: request)
    )
    var response = Response(page: page.render(in: context.frame(directory, unknownZone: zone)), status: answer.status)
    response.headers[.retryAfter] = answer.retryAfter
    return response
  }

  /// Returns the query of the timeline from which a person opened the page of a change, or an empty text.
  private static func trail(of request: Request) -> String {
    guard request.uri.path.hasPrefix("/changes/"), let fields = try? request.filledQuery() else { return "" }
    return PageTrail(fields, PageTrail.timeline).query
  }
}

extension ErrorAnswer {
  /// The heading of the page that shows this error.
  var heading: String {
    switch status.code {
    case 403: "Not allowed"
    case 404: "Not found"
    case 410: "Purged"
    case 409: "Not possible now"
    case 400..<500: "Request refused"
    default: "Something went wrong"
    }
  }
}
