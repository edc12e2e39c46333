import ReflogModel

/// The page on which you sign in.
package struct SignInPage: Sendable {
  /// The path of the page to open after signing in.
  let target: String
  /// The same path, percent-encoded for a query.
  let encodedTarget: String
  let hasEntra: Bool
  let hasTokens: Bool
  /// Why signing in failed, or nil if it was not tried yet.
  let problem: String?

  /// Makes the page.
  ///
  /// - Parameters:
  ///   - target: the path of the page to open after signing in.
  ///   - hasEntra: true if people can sign in with Microsoft Entra.
  ///   - hasTokens: true if people can sign in with an API token.
  ///   - problem: why signing in failed, or nil if it was not tried yet.
  package init(target: String, hasEntra: Bool, hasTokens: Bool, problem: String?) {
    self.target = target
    encodedTarget = target.percentEncoded()
    self.hasEntra = hasEntra
    self.hasTokens = hasTokens
    self.problem = problem
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Sign in", frame: frame, page: self), "sign-in")
  }
}
