import ReflogModel
import Testing

struct MerkleTreeTests {
  @Test func leafHashesEqualTheHashesInTheTestVectors() throws {
    let vectors = try TransparencyVectors()

    #expect(try vectors.entries.map(MerkleTree.leafHash) == vectors.leaves)
  }

  @Test func aHashAsAnEntryIsHashedLikeOtherBytes() {
    let entry = Hash(of: [7])

    #expect(MerkleTree.leafHash(of: entry) == MerkleTree.leafHash(of: entry.bytes))
    #expect(MerkleTree.leafHash(of: entry) == Hash(of: [0] + entry.bytes))
  }

  @Test(arguments: Int64(0)...13)
  func rootsEqualTheRootsInTheTestVectors(size: Int64) throws {
    let vectors = try TransparencyVectors()
    let leaves = try vectors.leaves
    let tree = GrownTree(leaves: leaves)
    var frontier = MerkleFrontier()

    for leaf in leaves.prefix(Int(size)) { frontier.append(leaf) }

    let root = try vectors.root(ofSize: size)
    #expect(frontier.root == root)
    #expect(try MerkleTree.root(of: 0..<size, hashAt: tree.hash) == root)
  }

  @Test func inclusionProofsEqualTheProofsInTheTestVectors() throws {
    let vectors = try TransparencyVectors()
    let tree = GrownTree(leaves: try vectors.leaves)
    for (index, size, proof) in try vectors.inclusion {
      #expect(try MerkleTree.inclusionProof(of: index, inTreeOf: size, hashAt: tree.hash) == proof, "\(index)/\(size)")
      try MerkleTree.verifyInclusion(
        of: tree.leaves[Int(index)],
        at: index,
        inTreeOf: size,
        root: vectors.root(ofSize: size),
        proof: proof
      )
    }
  }

  @Test func consistencyProofsEqualTheProofsInTheTestVectors() throws {
    let vectors = try TransparencyVectors()
    let tree = GrownTree(leaves: try vectors.leaves)
    for (older, newer, proof) in try vectors.consistency {
      #expect(try MerkleTree.consistencyProof(from: older, to: newer, hashAt: tree.hash) == proof, "\(older)->\(newer)")
      try MerkleTree.verifyConsistency(
        from: older,
        root: vectors.root(ofSize: older),
        to: newer,
        root: vectors.root(ofSize: newer),
        proof: proof
      )
    }
  }

  @Test func theHashOfARangeEqualsItsDefinition() throws {
    let tree = GrownTree(size: 20)
    for start in 0...20 {
      for end in start...20 {
        let hash = try MerkleTree.root(of: Int64(start)..<Int64(end), hashAt: tree.hash)
        #expect(hash == tree.definition(start..<end), "\(start)..<\(end)")
      }
    }
  }

  @Test func aProofNeedsOnlyTheHashesInTiles() throws {
    let tree = GrownTree(size: 600)
    let tileHash: MerkleTree.HashSource = { node in
      try #require(node.level.isMultiple(of: Tile.height))
      return try tree.hash(of: node)
    }
    let size = tree.size

    let proof = try MerkleTree.inclusionProof(of: 300, inTreeOf: size) {
      try MerkleTree.hash(of: $0, fromTiles: tileHash)
    }

    #expect(try proof == MerkleTree.inclusionProof(of: 300, inTreeOf: size, hashAt: tree.hash))
  }

  @Test func anEntryOutsideTheTreeHasNoProof() {
    let tree = GrownTree(size: 5)

    #expect(throws: IntegrityError.leafOutsideTree(index: 5, size: 5)) {
      try MerkleTree.inclusionProof(of: 5, inTreeOf: 5, hashAt: tree.hash)
    }
    #expect(throws: IntegrityError.leafOutsideTree(index: -1, size: 5)) {
      try MerkleTree.inclusionProof(of: -1, inTreeOf: 5, hashAt: tree.hash)
    }
    #expect(throws: IntegrityError.treeOutsideTree(older: 6, newer: 5)) {
      try MerkleTree.consistencyProof(from: 6, to: 5, hashAt: tree.hash)
    }
    #expect(throws: IntegrityError.treeOutsideTree(older: -1, newer: 5)) {
      try MerkleTree.consistencyProof(from: -1, to: 5, hashAt: tree.hash)
    }
  }

  @Test func anErrorOfTheHashSourceIsThrown() {
    struct Unreadable: Error {}

    #expect(throws: Unreadable.self) {
      try MerkleTree.inclusionProof(of: 1, inTreeOf: 5) { _ in throw Unreadable() }
    }
  }

  @Test func theLargestTreeIsSupported() throws {
    let size = Int64.max
    let leaf = Hash(of: [])
    let constant: MerkleTree.HashSource = { Hash(of: Array("\($0.level)".utf8)) }

    let root = try MerkleTree.root(of: 0..<size, hashAt: constant)
    let proof = try MerkleTree.inclusionProof(of: size - 1, inTreeOf: size, hashAt: constant)

    #expect(proof.count == TransparencyProof.maximumHashCount - 1)
    #expect(throws: IntegrityError.inclusionNotProven(index: size - 1, size: size)) {
      try MerkleTree.verifyInclusion(of: leaf, at: size - 1, inTreeOf: size, root: root, proof: proof)
    }
    try MerkleTree.verifyInclusion(
      of: constant(MerkleTree.Node(level: 0, index: 0)),
      at: size - 1,
      inTreeOf: size,
      root: root,
      proof: proof
    )
  }
}
