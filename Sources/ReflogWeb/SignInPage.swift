/// Where somebody says who they are.
package struct SignInPage: Sendable {
  /// Where to go on afterwards: a path of this server.
  let target: String
  let problem: String?

  package init(target: String, problem: String? = nil) {
    self.target = target
    self.problem = problem
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Sign in", frame: frame, page: self), "sign-in")
  }
}
