import ReflogModel

/// Where somebody says who they are.
package struct SignInPage: Sendable {
  /// Where to go on afterwards: a path of this server.
  let target: String
  /// The same as the value of a query.
  let encodedTarget: String
  let hasEntra: Bool
  let hasTokens: Bool
  let problem: String?

  /// - Parameters:
  ///   - hasEntra: whether people can sign in by Entra.
  ///   - hasTokens: whether an API token opens anything.
  package init(target: String, hasEntra: Bool, hasTokens: Bool, problem: String?) {
    self.target = target
    encodedTarget = target.percentEncoded()
    self.hasEntra = hasEntra
    self.hasTokens = hasTokens
    self.problem = problem
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Sign in", frame: frame, page: self), "sign-in")
  }
}
