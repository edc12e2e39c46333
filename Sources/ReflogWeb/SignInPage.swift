import ReflogModel

/// The page on which you sign in.
package struct SignInPage: Sendable {
  /// The path of the page that opens after the sign-in.
  let target: String
  /// The value of `target`, percent-encoded for a query.
  let encodedTarget: String
  let hasEntra: Bool
  let hasTokens: Bool
  /// Whether people can sign in to the pages of this server.
  let isPossible: Bool
  /// The reason why the sign-in failed, or nil if there was no attempt yet.
  let problem: String?

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - target: the path of the page that opens after the sign-in.
  ///   - hasEntra: true if people can sign in with Microsoft Entra.
  ///   - hasTokens: true if people can sign in with an API token.
  ///   - problem: the reason why the sign-in failed, or nil if there was no attempt yet.
  package init(target: String, hasEntra: Bool, hasTokens: Bool, problem: String?) {
    self.target = target
    encodedTarget = target.percentEncoded()
    self.hasEntra = hasEntra
    self.hasTokens = hasTokens
    isPossible = hasEntra || hasTokens
    self.problem = problem
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Sign in", frame: frame, page: self), "sign-in")
  }
}
