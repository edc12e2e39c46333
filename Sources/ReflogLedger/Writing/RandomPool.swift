import CStorage

/// A pool of the system's random bytes, which reads many bytes in one call: each call into the kernel costs as much as
/// an index lookup.
struct RandomPool: RandomNumberGenerator {
  private var numbers = [UInt64](repeating: 0, count: 64)
  private var used = 64

  /// Returns 64 random bits.
  mutating func next() -> UInt64 {
    if used == numbers.count {
      guard numbers.withUnsafeMutableBytes({ storage_fill_random($0.baseAddress, $0.count) }) == 0 else {
        var system = SystemRandomNumberGenerator()
        return system.next()
      }
      used = 0
    }
    // No number is used twice, and a used number is overwritten so it can't be found in memory.
    defer {
      numbers[used] = 0
      used += 1
    }
    return numbers[used]
  }
}
