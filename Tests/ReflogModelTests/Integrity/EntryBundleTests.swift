import ReflogModel
import Testing

struct EntryBundleTests {
  private static func tile(_ width: Int) throws -> Tile {
    try #require(Tile(.entries, index: 0, width: width))
  }

  @Test func aBundleHasTheLengthOfEachEntryInFrontOfTheEntry() throws {
    let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 7, count: 258)]

    let bytes = try EntryBundle(entries: entries).bytes

    #expect(bytes == [0, 0, 0, 1, 1, 1, 2] + entries[2])
    #expect(try EntryBundle(parsing: bytes, of: Self.tile(3)).entries == entries)
  }

  @Test func theEntriesInTheTestVectorsHaveTheExpectedLeafHashes() throws {
    let vectors = try TransparencyVectors()
    let bytes = try EntryBundle(entries: vectors.entries).bytes

    let bundle = try EntryBundle(parsing: bytes, of: Self.tile(13))

    #expect(bundle.entries.map(MerkleTree.leafHash) == (try vectors.leaves))
  }

  @Test func theLengthOfAnEntryFitsInTwoBytes() throws {
    let longest = [UInt8](repeating: 1, count: EntryBundle.maximumEntryByteCount)

    #expect(try EntryBundle(parsing: EntryBundle(entries: [longest]).bytes, of: Self.tile(1)).entries == [longest])
    #expect(throws: IntegrityError.malformedBundle(problem: "an entry has more than 65535 bytes")) {
      try EntryBundle(entries: [longest + [1]])
    }
    #expect(throws: IntegrityError.malformedBundle(problem: "it has more than 256 entries")) {
      try EntryBundle(entries: [[UInt8]](repeating: [], count: 257))
    }
  }

  @Test(arguments: [
    ([], "it ends after 0 of 2 entries"), ([0], "it ends after 0 of 2 entries"),
    ([0, 1, 7], "it ends after 1 of 2 entries"), ([0, 1, 7, 0], "it ends after 1 of 2 entries"),
    ([0, 1, 7, 0, 1], "it ends within an entry"), ([0, 0, 0, 0, 0], "it has more bytes after its last entry"),
  ])
  func theNumberOfEntriesInABundleIsTheWidthOfItsTile(bytes: [UInt8], problem: String) throws {
    let tile = try Self.tile(2)

    #expect(throws: IntegrityError.malformedTile(tile, problem: problem)) { try EntryBundle(parsing: bytes, of: tile) }
  }
}
