import HTTPTypes
import Hummingbird
import ReflogService

extension Request {
  /// Throws an error if a page of another site sent the request.
  ///
  /// The browser reports in the header `Sec-Fetch-Site` whether the page has the same origin (Fetch Metadata). Below a
  /// base path, the pages of other programs on the same host have the same origin.
  func requireOwnOrigin() throws(RequestError) {
    guard let site = headers[named: "Sec-Fetch-Site"], site != "same-origin", site != "none" else { return }
    throw .badRequest("A page of another site sent this request. Nothing was done.", target: "Sec-Fetch-Site")
  }

  /// Returns the fields of a form, after a check that the form belongs to the session.
  ///
  /// The method throws an error if the form does not contain the session's secret value.
  func form(of session: Sessions.Session, _ context: ReflogRequestContext) throws -> [String: String] {
    try requireOwnOrigin()
    let form = try form(context)
    guard form["csrf"] == session.csrf else {
      throw RequestError.badRequest(
        "The form belongs to another session. Nothing was done. Load the page again.",
        target: "csrf"
      )
    }
    return form
  }
}
