import ReflogModel
import Testing

/// Tests that every proof of every small tree passes verification, and that every altered proof fails.
struct MerkleProofTests {
  private static let tree = GrownTree(size: 70)

  @Test(arguments: Int64(1)...70)
  func onlyTheUnalteredInclusionProofIsValid(size: Int64) throws {
    let tree = Self.tree
    let root = tree.definition(0..<Int(size))
    for index in 0..<size {
      let leaf = tree.leaves[Int(index)]
      let proof = try MerkleTree.inclusionProof(of: index, inTreeOf: size, hashAt: tree.hash)
      let bit = Int(index * 7 + size) % 256
      let error = { (leaf: Hash, index: Int64, root: Hash, proof: [Hash]) in
        Self.error { () throws(IntegrityError) in
          try MerkleTree.verifyInclusion(of: leaf, at: index, inTreeOf: size, root: root, proof: proof)
        }
      }

      let changes = try [
        error(leaf.flipping(bit: bit), index, root, proof), error(leaf, index, root.flipping(bit: bit), proof),
      ]
      let errors = try changes + Self.changes(of: proof, bit: bit).map { error(leaf, index, root, $0) }
      let elsewhere = [index - 1, index + 1, index ^ 1].filter { $0 != index }.map { error(leaf, $0, root, proof) }

      #expect(error(leaf, index, root, proof) == nil)
      #expect(errors.allSatisfy { $0 == .inclusionNotProven(index: index, size: size) }, "\(index) of \(size)")
      #expect(elsewhere.allSatisfy { $0 != nil }, "\(index) of \(size)")
    }
  }

  @Test(arguments: Int64(1)...70)
  func onlyTheUnalteredConsistencyProofIsValid(newer: Int64) throws {
    let tree = Self.tree
    let newerRoot = tree.definition(0..<Int(newer))
    for older in 0...newer {
      let olderRoot = tree.definition(0..<Int(older))
      let proof = try MerkleTree.consistencyProof(from: older, to: newer, hashAt: tree.hash)
      let bit = Int(older * 11 + newer) % 256
      let error = { (olderRoot: Hash, newerRoot: Hash, proof: [Hash]) in
        Self.error { () throws(IntegrityError) in
          try MerkleTree.verifyConsistency(from: older, root: olderRoot, to: newer, root: newerRoot, proof: proof)
        }
      }

      var errors = try Self.changes(of: proof, bit: bit).map { error(olderRoot, newerRoot, $0) }
      errors.append(error(try olderRoot.flipping(bit: bit), newerRoot, proof))
      // Every tree is consistent with the empty tree. So if `older` is 0, a wrong root of the newer tree is not an
      // error.
      if older > 0 { errors.append(error(olderRoot, try newerRoot.flipping(bit: bit), proof)) }

      #expect(error(olderRoot, newerRoot, proof) == nil)
      #expect(errors.allSatisfy { $0 == .consistencyNotProven(older: older, newer: newer) }, "\(older) to \(newer)")
    }
  }

  /// A proof from a tree with another height must be refused.
  ///
  /// The proofs in this test contain correct hashes, but they are from a higher or a lower tree.
  @Test func aProofFromATreeWithAnotherHeightIsRefused() throws {
    let tree = Self.tree
    let roots = (0...8).map { tree.definition(0..<$0) }
    let proof = try MerkleTree.consistencyProof(from: 7, to: 8, hashAt: tree.hash)

    #expect(throws: IntegrityError.inclusionNotProven(index: 0, size: 1)) {
      try MerkleTree.verifyInclusion(
        of: tree.leaves[1],
        at: 0,
        inTreeOf: 1,
        root: roots[2],
        proof: [tree.leaves[0]]
      )
    }
    #expect(throws: IntegrityError.inclusionNotProven(index: 0, size: 4)) {
      try MerkleTree.verifyInclusion(
        of: tree.leaves[0],
        at: 0,
        inTreeOf: 4,
        root: roots[2],
        proof: [tree.leaves[1]]
      )
    }
    #expect(throws: IntegrityError.consistencyNotProven(older: 3, newer: 4)) {
      try MerkleTree.verifyConsistency(from: 3, root: roots[7], to: 4, root: roots[8], proof: proof)
    }
    #expect(throws: IntegrityError.consistencyNotProven(older: 1, newer: 4)) {
      try MerkleTree.verifyConsistency(from: 1, root: roots[1], to: 4, root: roots[2], proof: [tree.leaves[1]])
    }
  }

  @Test func aProofForImpossibleSizesIsRefused() {
    let root = Self.tree.frontier.root

    #expect(throws: IntegrityError.treeOutsideTree(older: 3, newer: 2)) {
      try MerkleTree.verifyConsistency(from: 3, root: root, to: 2, root: root, proof: [])
    }
    #expect(throws: IntegrityError.leafOutsideTree(index: 0, size: 0)) {
      try MerkleTree.verifyInclusion(of: root, at: 0, inTreeOf: 0, root: root, proof: [])
    }
  }

  private static func error(of verification: () throws(IntegrityError) -> Void) -> IntegrityError? {
    do {
      try verification()
      return nil
    } catch {
      return error
    }
  }

  /// Returns altered proofs: each has a flipped bit, or one hash is added, removed, repeated or exchanged.
  private static func changes(of proof: [Hash], bit: Int) throws -> [[Hash]] {
    var changes = [proof + [Hash(of: [])], [Hash(of: [])] + proof]
    for (position, hash) in proof.enumerated() {
      var flipped = proof
      flipped[position] = try hash.flipping(bit: bit)
      var shorter = proof
      shorter.remove(at: position)
      var longer = proof
      longer.insert(hash, at: position)
      var exchanged = proof
      exchanged.swapAt(position, (position + 1) % proof.count)
      changes += [flipped, shorter, longer] + (exchanged == proof ? [] : [exchanged])
    }
    return changes
  }
}
