import Foundation
import ReflogModel
import Testing

/// The expected values for a log of thirteen entries.
///
/// Programs other than Reflog created and checked these values.
struct TransparencyVectors {
  /// The file of the vectors.
  ///
  /// The end-to-end tests also read this file.
  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../EndToEnd/tlog-vectors.json")

  private let members: JSONObject

  /// Reads the vectors from the file.
  init() throws {
    members = try #require(try JSONValue(parsing: Data(contentsOf: Self.file)).object)
  }

  var origin: Origin { get throws { try Origin(text("origin")) } }
  var verifierKey: VerifierKey { get throws { try VerifierKey(text("vkey")) } }

  var signingKey: SigningKey {
    get throws { try SigningKey(name: KeyName(text("origin")), seed: bytes("seed_hex")) }
  }

  var entries: [[UInt8]] {
    get throws { try #require(members["entries"]?.array).map { Array(try #require($0.string).utf8) } }
  }

  var leaves: [Hash] { get throws { try hashes(members["leaf_hash_hex"]) } }

  func root(ofSize size: Int64) throws -> Hash {
    try #require(Hash(hexadecimal: text("\(size)", in: "roots_hex")))
  }

  /// The signed checkpoints, each with the size of its tree.
  var checkpoints: [(size: Int64, note: [UInt8])] {
    get throws {
      try object("checkpoints").members.map {
        (try #require(Int64($0.name)), Array(try #require($0.value.string).utf8))
      }
    }
  }

  /// The inclusion proofs, each with the index of its entry and the size of its tree.
  var inclusion: [(index: Int64, size: Int64, proof: [Hash])] {
    get throws {
      try object("inclusion").members.map {
        let numbers = try #require(Self.numbers(in: $0.name, by: "/"))
        return (numbers.0, numbers.1, try hashes($0.value))
      }
    }
  }

  /// The consistency proofs, each with the sizes of the older and the newer tree.
  var consistency: [(older: Int64, newer: Int64, proof: [Hash])] {
    get throws {
      try object("consistency").members.map {
        let numbers = try #require(Self.numbers(in: $0.name, by: "->"))
        return (numbers.0, numbers.1, try hashes($0.value))
      }
    }
  }

  func text(_ name: String, in group: String? = nil) throws -> String {
    let members = try group.map(object) ?? members
    return try #require(members[name]?.string)
  }

  /// Returns the 32 bytes of a key or seed.
  func bytes(_ name: String, in group: String? = nil) throws -> [UInt8] {
    try #require(Hash(hexadecimal: text(name, in: group))).bytes
  }

  private func object(_ name: String) throws -> JSONObject {
    try #require(members[name]?.object)
  }

  private func hashes(_ value: JSONValue?) throws -> [Hash] {
    try #require(value?.array).map { try #require(Hash(hexadecimal: $0.string ?? "")) }
  }

  private static func numbers(in name: String, by separator: String) -> (Int64, Int64)? {
    let parts = name.split(separator: separator)
    guard parts.count == 2, let first = Int64(parts[0]), let second = Int64(parts[1]) else { return nil }
    return (first, second)
  }
}
