/// A page that opens another page of this server at once, for a browser that comes from another site.
///
/// A browser sends the session's `SameSite=Strict` cookie only with requests from this server's own pages. This page
/// makes such a request.
package struct RedirectPage: Sendable {
  let heading: String
  /// The path of the page to open.
  let target: String

  /// Makes a page that opens another.
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
