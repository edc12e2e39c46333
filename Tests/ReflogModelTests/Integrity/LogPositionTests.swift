import ReflogModel
import Testing

struct LogPositionTests {
  @Test(arguments: ["0", "41", "41@audit.example/b2c", "41@a@b"])
  func aPositionIsWrittenAsItWasRead(text: String) {
    #expect(LogPosition(text)?.description == text)
  }

  @Test(arguments: ["", "-1", "+1", "041", "41@", "@audit.example", "x", "41 ", "9223372036854775808"])
  func invalidTextsAreNotReadAsPositions(text: String) {
    #expect(LogPosition(text) == nil)
  }
}
