import ReflogModel
import Testing

struct MerkleFrontierTests {
  @Test func theRootEqualsItsDefinitionAtEverySize() {
    let tree = GrownTree(size: 130)
    var frontier = MerkleFrontier()
    #expect(frontier.root == MerkleTree.emptyRoot)

    for (index, leaf) in tree.leaves.enumerated() {
      frontier.append(leaf)
      #expect(frontier.size == Int64(index + 1))
      #expect(frontier.root == tree.definition(0..<index + 1))
    }
  }

  @Test(arguments: [0, 1, 2, 3, 64, 69, 70])
  func aRestoredTreeGrowsLikeTheOriginalTree(size: Int64) throws {
    let tree = GrownTree(size: 70)
    var frontier = MerkleFrontier()
    for leaf in tree.leaves.prefix(Int(size)) { frontier.append(leaf) }

    var restored = try MerkleFrontier(size: frontier.size, hashes: frontier.hashes)
    #expect(try MerkleFrontier(size: size, hashAt: tree.hash) == frontier)

    for leaf in tree.leaves.dropFirst(Int(size)) { restored.append(leaf) }
    #expect(restored == tree.frontier)
  }

  @Test func aFrontierHasAsManyHashesAsTheSizeHasOneBits() {
    #expect(throws: IntegrityError.frontierMismatch(size: 5, hashCount: 1)) {
      try MerkleFrontier(size: 5, hashes: [MerkleTree.emptyRoot])
    }
    #expect(throws: IntegrityError.frontierMismatch(size: -1, hashCount: 0)) {
      try MerkleFrontier(size: -1, hashes: [])
    }
  }

  @Test func everySubtreeIsReportedOnceAndLaterThanItsChildren() {
    var frontier = MerkleFrontier()
    var nodes: [MerkleTree.Node] = []

    for byte in UInt8(0)..<4 { frontier.append(Hash(of: [byte])) { (node, _) in nodes.append(node) } }

    let expected = [(0, 0), (0, 1), (1, 0), (0, 2), (0, 3), (1, 1), (2, 0)]
    #expect(nodes == expected.map { MerkleTree.Node(level: $0, index: Int64($1)) })
  }

  @Test func ifTheReportThrowsTheTreeIsUnchanged() {
    struct Full: Error {}
    var frontier = GrownTree(size: 7).frontier
    let before = frontier

    #expect(throws: Full.self) {
      try frontier.append(Hash(of: [])) { (node, _) throws(Full) in if node.level == 2 { throw Full() } }
    }

    #expect(frontier == before)
  }
}
