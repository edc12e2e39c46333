import ReflogModel
import Testing

struct EntryBundleTests {
  @Test func aBundleHasTheLengthOfEachEntryInFrontOfTheEntry() throws {
    let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 7, count: 258)]

    let bytes = try EntryBundle(entries: entries).bytes

    #expect(bytes == [0, 0, 0, 1, 1, 1, 2] + entries[2])
  }

  @Test func theLengthOfAnEntryFitsInTwoBytes() throws {
    let longest = [UInt8](repeating: 1, count: EntryBundle.maximumEntryByteCount)

    #expect(try EntryBundle(entries: [longest]).bytes == [0xFF, 0xFF] + longest)
    #expect(throws: IntegrityError.malformedBundle(problem: "an entry has more than 65535 bytes")) {
      try EntryBundle(entries: [longest + [1]])
    }
    #expect(throws: IntegrityError.malformedBundle(problem: "it has more than 256 entries")) {
      try EntryBundle(entries: [[UInt8]](repeating: [], count: 257))
    }
  }
}
