/// A page that immediately opens another page of this server.
///
/// A browser sends the session's `SameSite=Strict` cookie only with requests that a page of this server started. If a
/// browser follows a link from another site, the request has no cookie, so the server first returns this page. This
/// page then starts a second request, and the browser sends the cookie with the second request.
package struct RedirectPage: Sendable {
  let heading: String
  /// The path of the page to open.
  let target: String

  /// Creates a page that immediately opens another page.
  ///
  /// - Parameters:
  ///   - heading: the heading of this page.
  ///   - target: the path of the page to open.
  package init(heading: String, target: String) {
    self.heading = heading
    self.target = target
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: heading, frame: frame, page: self), "redirect")
  }
}
