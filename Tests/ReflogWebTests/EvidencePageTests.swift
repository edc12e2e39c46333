import Testing

@testable import ReflogWeb

/// Tests of the command `reflog evidence` that the page for evidence packs shows.
struct EvidencePageTests {
  private func text(_ period: String, flow: String? = nil, problem: FormError? = nil) -> String {
    EvidencePage(period: period, flow: flow, problem: problem).render(in: Sample.frame).pageText
  }

  @Test func theCommandHasTheValuesOfTheForm() {
    #expect(text("2026-Q3").contains("reflog evidence --period 2026-Q3 FOLDER"))
    #expect(
      text("2026-Q3", flow: "b2cUserFlows/B2C_1_signup")
        .contains("reflog evidence --period 2026-Q3 --flow b2cUserFlows/B2C_1_signup FOLDER")
    )
  }

  @Test func invalidValuesAreInNoCommand() {
    #expect(!text("2025-03-32", problem: FormError("It is not a period.", in: "period")).contains("reflog evidence"))
    #expect(!text("2026", flow: "B2C_1_x", problem: FormError("No flow.", in: "flow")).contains("reflog evidence"))
    #expect(!text("2026", flow: "B2C_1_x; ls").contains("reflog evidence"))
  }
}
