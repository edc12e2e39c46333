/// What is shown for a moment after signing in elsewhere: the session's cookie comes only with what one of this server's own pages
/// asks for.
package struct SignedInPage: Sendable {
  /// Where to go on: a path of this server.
  let target: String

  package init(target: String) {
    self.target = target
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Signed in", frame: frame, page: self), "signed-in")
  }
}
