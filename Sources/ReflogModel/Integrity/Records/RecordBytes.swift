/// The bytes of a record while the record is written.
///
/// A record consists of about two hundred short parts, and a verification creates millions of records. Appending a
/// short part to an array takes more time than copying the part, because the array first checks whether another
/// variable shares the array's memory. The memory of this type is never shared, so this type only checks its capacity.
struct RecordBytes: ~Copyable, ByteOutput {
  /// The number of bytes to allocate for a record.
  ///
  /// A record of a change has about 900 bytes. The value is below 1 KB, because larger allocations can't use the
  /// thread's own cache of free memory and are slower.
  private static let usualByteCount = 960

  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0

  init() {
    capacity = Self.usualByteCount
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  /// A copy of the bytes.
  var array: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

  mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    start[count] = byte
    count += 1
  }

  mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    if bytes.count > capacity - count { grow(by: bytes.count) }
    (start + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  /// Moves the bytes to a larger allocation.
  private mutating func grow(by added: Int) {
    capacity = max(2 * capacity, count + added)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.moveInitialize(from: start, count: count)
    start.deallocate()
    start = larger
  }
}
