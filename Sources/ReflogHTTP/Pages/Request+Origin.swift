import HTTPTypes
import Hummingbird
import ReflogService

extension Request {
  /// Throws where a browser says that another site's page sent this (Fetch Metadata, `Sec-Fetch-Site`).
  func requireOwnOrigin() throws(RequestError) {
    guard let site = headers[named: "Sec-Fetch-Site"], site != "same-origin", site != "none" else { return }
    throw .badRequest("This was sent by a page of another site; nothing was done.", target: "Sec-Fetch-Site")
  }

  /// The fields of a form of the session's own page. Throws where the request does not show that it came from one.
  func form(of session: Sessions.Session) async throws -> [String: String] {
    try requireOwnOrigin()
    let form = try await form()
    guard form["csrf"] == session.csrf else {
      throw RequestError.badRequest(
        "The form is not of this session; nothing was done. Load the page again.",
        target: "csrf"
      )
    }
    return form
  }
}
