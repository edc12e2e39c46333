import ReflogModel
import Testing

struct TileTests {
  @Test(arguments: [
    (0, 0, 256, "tile/0/000"), (0, 1_234_067, 256, "tile/0/x001/x234/067"), (1, 999, 255, "tile/1/999.p/255"),
    (63, 1000, 1, "tile/63/x001/000.p/1"), (2, 36_028_797_018_963_966, 256, "tile/2/x036/x028/x797/x018/x963/966"),
  ])
  func tilePathsAreReadAndWritten(level: Int, index: Int64, width: Int, path: String) throws {
    let tile = try #require(Tile(.hashes(level: level), index: index, width: width))

    #expect(tile.path == path)
    #expect(try Tile(path: path) == tile)
  }

  @Test(arguments: [
    (0, 256, "tile/entries/000"), (1_234_067, 112, "tile/entries/x001/x234/067.p/112"),
  ])
  func pathsOfEntryBundlesAreReadAndWritten(index: Int64, width: Int, path: String) throws {
    let tile = try #require(Tile(.entries, index: index, width: width))

    #expect(tile.path == path)
    #expect(try Tile(path: path) == tile)
  }

  @Test(arguments: [
    "", "/", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000",
    "tile/0/x000/000", "tile/0/x001", "tile/0/001/000", "tile/0/x01/000", "tile/0/x0001/000", "tile/0/x001/000/",
    "/tile/0/000", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/a/000", "tile/0/000.p",
    "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/00", "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/-1",
    "tile/0/000.p/1/", "tile/0/000.p/1.p/1", "tile/0/000/1", "tile/0/.p/1", "tile//000", "tile/0//000", "Tile/0/000",
    "tile/Entries/000", "tile/entries", "tile/0/+01", "tile/0/-01", "tile/0/0x1", "tile/0/xx01/000",
    "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/x036/x028/x797/x018/x963/967", "tile/0/٠٠٠",
    "tile/0/000\n", "tile/0/000?", "tile/0/000\u{301}",
  ])
  func invalidTilePathsAreRefused(path: String) {
    #expect(throws: IntegrityError.malformedTilePath(path)) { try Tile(path: path) }
  }

  @Test func impossibleTilesAreRefused() {
    #expect(Tile(.hashes(level: 64), index: 0) == nil)
    #expect(Tile(.hashes(level: -1), index: 0) == nil)
    #expect(Tile(.entries, index: -1) == nil)
    #expect(Tile(.entries, index: 0, width: 0) == nil)
    #expect(Tile(.entries, index: 0, width: 257) == nil)
    #expect(Tile(.entries, index: .max) == nil)
  }

  @Test(arguments: [
    ("tile/0/000", 256, true), ("tile/0/000", 255, false), ("tile/0/000.p/17", 17, true),
    ("tile/0/000.p/17", 16, false), ("tile/0/000.p/17", 70_000, true), ("tile/1/000.p/1", 255, false),
    ("tile/1/000.p/1", 256, true), ("tile/1/000.p/2", 511, false), ("tile/8/000.p/1", .max, false),
    ("tile/63/000.p/1", .max, false), ("tile/entries/x070/000.p/1", 17_920_000, false),
    ("tile/entries/x070/000.p/1", 17_920_001, true),
  ])
  func aTreeCoversATileIfItContainsTheWholeTile(path: String, size: Int64, isCovered: Bool) throws {
    #expect(try Tile(path: path).isCovered(byTreeOf: size) == isCovered)
  }

  @Test func theHashesOfATileAreTheNodesOfItsLevel() throws {
    let tree = GrownTree(size: 600)
    let tile = try Tile(path: "tile/1/000.p/2")
    let hashes = try tile.range.map { try tree.hash(of: MerkleTree.Node(level: 8, index: $0)) }

    let bytes = Tile.bytes(of: hashes)

    #expect(hashes == [tree.definition(0..<256), tree.definition(256..<512)])
    #expect(bytes == hashes.flatMap(\.bytes))
  }
}
