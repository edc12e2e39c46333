/// What is shown for a moment before a page that another site led to: the session's cookie comes only with what one of this server's
/// own pages asks for.
package struct RedirectPage: Sendable {
  let heading: String
  /// Where to go on: a path of this server.
  let target: String

  package init(heading: String, target: String) {
    self.heading = heading
    self.target = target
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: heading, frame: frame, page: self), "go-on")
  }
}
