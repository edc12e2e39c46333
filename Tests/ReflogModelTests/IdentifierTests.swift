import ReflogModel
import Testing

struct IdentifierTests {
  @Test(arguments: [
    "B2C_1_signup", "a", "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01", "x.y", String(repeating: "a", count: 128),
  ])
  func idsConsistOfLettersDigitsAndThreeOtherCharacters(text: String) {
    #expect(FlowID(text)?.text == text)
  }

  @Test(arguments: ["", ".", "..", "a b", "a/b", "ä", "a\u{0}", "a\n", "аdmin", String(repeating: "a", count: 129)])
  func invalidTextsAreNotReadAsIDs(text: String) {
    #expect(ConnectorID(text) == nil)
  }

  @Test func idsThatDifferOnlyInASCIICaseAreEqual() {
    #expect(FlowID("B2C_1_Signup") == FlowID("b2c_1_SIGNUP"))
    #expect(Set([FlowID("A"), FlowID("a")]).count == 1)
  }

  @Test func aKnownStepHasTheSpellingThatGraphUses() {
    #expect(Step("POSTFEDERATIONSIGNUP")?.name == "postFederationSignup")
    #expect(Step("somethingNew")?.name == "somethingNew")
  }

  @Test(arguments: ["", "1st", "post-federation", "post federation", "é", String(repeating: "a", count: 129)])
  func invalidTextsAreNotReadAsSteps(text: String) {
    #expect(Step(text) == nil)
  }

  @Test func theTextOfAnAddressIsReadAsTheSameAddress() {
    #expect(
      Address("B2CUserFlows/B2C_1_signup/postfederationsignup")?.description
        == "b2cUserFlows/B2C_1_signup/postFederationSignup"
    )
    #expect(Address("b2cUserFlows/B2C_1_signup") == nil)
    #expect(Address("b2cUserFlows//postFederationSignup") == nil)
  }

  @Test(arguments: [
    ("b2cUserFlows/B2C_1_signup/postFederationSignup", "b2cUserFlows/B2C_1_signup/postFederationSignup"),
    ("B2C_1_signup/postFederationSignup", "b2cUserFlows/B2C_1_signup/postFederationSignup"),
    ("b2x_1_partner/preTokenIssuance", "b2xUserFlows/b2x_1_partner/preTokenIssuance"),
    ("b2xUserFlows/own/preTokenIssuance", "b2xUserFlows/own/preTokenIssuance"),
  ])
  func theTypeOfAFlowCanBeLeftOutIfTheIDShowsTheType(text: String, address: String) {
    #expect(Address(abbreviated: text)?.description == address)
  }

  @Test(arguments: [
    "", "/", "own/preTokenIssuance", "B2C_1_signup", "/B2C_1_signup/preTokenIssuance", "a/b/c/d", "B2C_1_signup/",
    "b2cUserFlows/postFederationSignup", "B2C_1_signup/pre Token", "otherFlows/B2C_1_signup/preTokenIssuance",
  ])
  func aTextThatIsNotAnAddressIsRefused(text: String) {
    #expect(Address(abbreviated: text) == nil)
    #expect(Address("users/x/y") == nil)
  }

  @Test(arguments: [("1", 1), ("17", 17), ("9223372036854775807", Int64.max)])
  func changeIDsArePositiveDecimalNumbers(text: String, number: Int64) {
    #expect(Change.ID(text)?.number == number)
  }

  @Test(arguments: ["", "0", "01", "-1", "+1", "1.0", "x", "9223372036854775808", "١"])
  func invalidTextsAreNotReadAsChangeIDs(text: String) {
    #expect(Change.ID(text) == nil)
  }

  @Test func referencesToTheSameConnectorAreEqualEvenIfTheNamesDiffer() throws {
    let id = try #require(ConnectorID("c"))
    #expect(ConnectorReference.connector(id, displayName: "before") == .connector(id, displayName: "after"))
    #expect(ConnectorReference.none != .unknown)
  }
}
