import Testing

@testable import ReflogHTTP

/// Tests which texts in the search field can lead to the list of connectors.
struct SearchTextTests {
  @Test(
    arguments: [
      "risk.contoso", "RISK.contoso.example/v2", "contoso.example:8443", "https://risk",
      "https://risk.contoso.example/v2",
      "xn--mnchen-3ya.example",
    ]
  )
  func aTextWithAHostCanBeAPartOfATargetURL(text: String) { #expect(SearchController.hasHost(text)) }

  @Test(
    arguments: [
      ".", ":", "/", "v1.2", "contoso", "CHG0042:", "/v2/check", "a.", ".b", "https://", "https:///v2",
      "see contoso.example",
      "B2C_1_signup/postFederationSignup", "10.0",
    ]
  )
  func anyOtherTextIsSearchedInTheHistory(text: String) { #expect(!SearchController.hasHost(text)) }
}
