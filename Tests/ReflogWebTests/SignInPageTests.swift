import ReflogWeb
import Testing

struct SignInPageTests {
  @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
  func thePageShowsEverySignInMethodOrThatNoMethodExists(hasEntra: Bool, hasTokens: Bool) {
    let page = SignInPage(target: "/", hasEntra: hasEntra, hasTokens: hasTokens, problem: nil)

    let html = page.render(in: Sample.frame)

    #expect(html.contains("Sign in with Microsoft Entra") == hasEntra)
    #expect(html.contains("API token") == hasTokens)
    #expect(html.contains("This server accepts only tokens for Microsoft Graph") == (!hasEntra && !hasTokens))
  }
}
