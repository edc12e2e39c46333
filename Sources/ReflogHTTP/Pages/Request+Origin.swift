import HTTPTypes
import Hummingbird
import ReflogService

extension Request {
  /// Refuses a request that the browser reports as sent by a page of another site (Fetch Metadata, `Sec-Fetch-Site`).
  func requireOwnOrigin() throws(RequestError) {
    guard let site = headers[named: "Sec-Fetch-Site"], site != "same-origin", site != "none" else { return }
    throw .badRequest("A page of another site sent this request. Nothing was done.", target: "Sec-Fetch-Site")
  }

  /// Returns the fields of a form of the session's own page.
  ///
  /// A form without the session's secret is refused.
  func form(of session: Sessions.Session) async throws -> [String: String] {
    try requireOwnOrigin()
    let form = try await form()
    guard form["csrf"] == session.csrf else {
      throw RequestError.badRequest(
        "The form belongs to another session. Nothing was done. Load the page again.",
        target: "csrf"
      )
    }
    return form
  }
}
