#if PostgreSQL
import ReflogStorage

/// The changes of one segment whose reasons contain one trigram, as bytes.
///
/// A change is stored as the distance from the previous change. Each byte contains seven bits of the distance,
/// beginning with the lowest bits. The highest bit of a byte is 0 in the last byte of a distance.
struct ChangeList {
  /// The stored form of the list.
  private(set) var bytes: [UInt8] = []
  private var last: Int64 = -1

  /// Creates an empty list.
  init() {}

  /// Adds a change, unless the list already ends with this change.
  ///
  /// - Parameter offset: The id of the change minus the first id of the segment; at least the offset of the last change.
  mutating func append(_ offset: Int64) {
    guard offset > last else { return }
    var distance = UInt64(offset - last)
    last = offset
    while distance >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: distance) | 0x80)
      distance >>= 7
    }
    bytes.append(UInt8(distance))
  }

  /// Returns the ids of the changes in a list, in ascending order.
  ///
  /// - Parameters:
  ///   - bytes: The stored form of the list.
  ///   - segment: The ids of the segment.
  /// - Throws: An error with the code `corrupt` if the list contains an id outside of the segment.
  static func ids(_ bytes: UnsafeRawBufferPointer, in segment: ClosedRange<Int64>) throws(SQLError) -> [Int64] {
    var ids: [Int64] = []
    ids.reserveCapacity(bytes.count)
    var (id, distance, shift) = (segment.lowerBound - 1, Int64(0), Int64(0))
    for byte in bytes {
      distance |= Int64(byte & 0x7F) << shift
      guard byte >= 0x80 else {
        id += distance
        guard distance > 0, id <= segment.upperBound else { throw damaged }
        ids.append(id)
        (distance, shift) = (0, 0)
        continue
      }
      shift += 7
      guard shift <= maximumShift else { throw damaged }
    }
    guard shift == 0 else { throw damaged }
    return ids
  }

  /// The position of the bits that the fourth byte of a distance contains. No distance needs a fifth byte, because no
  /// segment has more than 2^28 ids.
  private static let maximumShift: Int64 = 21

  private static var damaged: SQLError { SQLError(code: .corrupt, message: "a row of the index of reasons is damaged") }
}
#endif
