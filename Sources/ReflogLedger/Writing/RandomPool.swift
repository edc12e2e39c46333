import CStorage

/// The system's randomness, many bytes a call: each call into the kernel costs as much as a lookup.
struct RandomPool: RandomNumberGenerator {
  private var words = [UInt64](repeating: 0, count: 64)
  private var used = 64

  mutating func next() -> UInt64 {
    if used == words.count {
      guard words.withUnsafeMutableBytes({ storage_fill_random($0.baseAddress, $0.count) }) == 0 else {
        var system = SystemRandomNumberGenerator()
        return system.next()
      }
      used = 0
    }
    // No word is given out twice, or stays where it could be found.
    defer {
      words[used] = 0
      used += 1
    }
    return words[used]
  }
}
