import CStorage

/// A random number generator that reads many of the system's random bytes in one call.
///
/// One call into the kernel for each number would be slow, because such a call needs as much time as an index lookup.
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
    // Each number is used once. A used number is overwritten, because a salt must not be found in memory later.
    defer {
      numbers[used] = 0
      used += 1
    }
    return numbers[used]
  }
}
