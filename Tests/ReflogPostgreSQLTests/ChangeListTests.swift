#if PostgreSQL
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogPostgreSQL

/// Tests of the form in which the index of reasons stores the list of the changes with the same trigram.
struct ChangeListTests {
  private func ids(_ bytes: [UInt8], in segment: ClosedRange<Int64>) throws -> [Int64] {
    try bytes.withUnsafeBytes { try ChangeList.ids($0, in: segment) }
  }

  @Test(arguments: [1, 2, 63, 127, 128, 129, 16_384]) func theStoredFormContainsEachChangeOnce(distance: Int64) throws {
    let segment = Int64(16_385)...32_768
    var list = ChangeList()
    let offsets = stride(from: distance - 1, to: 16_384, by: Int(distance))

    for offset in offsets {
      list.append(offset)
      list.append(offset)
    }

    #expect(try ids(list.bytes, in: segment) == offsets.map { 16_385 + $0 })
    #expect(list.bytes.count == Int(16_384 / distance) * (distance < 128 ? 1 : distance < 16_384 ? 2 : 3))
  }

  @Test func randomListsAreRead() throws {
    var random = SeededGenerator(seed: 3)
    for length in [1, 20, 16_384] as [Int64] {
      for _ in 0..<50 {
        let share = Double.random(in: 0...1, using: &random)
        let offsets = (0..<length).filter { _ in Double.random(in: 0..<1, using: &random) < share }
        var list = ChangeList()
        for offset in offsets { list.append(offset) }
        #expect(try ids(list.bytes, in: 101...100 + length) == offsets.map { $0 + 101 })
      }
    }
  }

  @Test(arguments: [[0], [0x80], [1, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 1], [9], [4, 5], [1, 0]] as [[UInt8]])
  func aDamagedListIsRefused(bytes: [UInt8]) {
    #expect(throws: SQLError.self) { try ids(bytes, in: 1...8) }
  }
}
#endif
