import ReflogModel

/// The records of the ZIP format (PKWARE APPNOTE 6.3.9) for files that are stored without compression.
enum ZipRecord {
  static let localHeader: UInt32 = 0x0403_4B50
  static let dataDescriptor: UInt32 = 0x0807_4B50
  static let centralHeader: UInt32 = 0x0201_4B50
  static let end: UInt32 = 0x0605_4B50
  static let end64: UInt32 = 0x0606_4B50
  static let end64Locator: UInt32 = 0x0706_4B50
  /// The id of the extra field that contains numbers of 64 bits.
  static let extra64: UInt16 = 0x0001

  /// The version of the format that a reader needs: 4.5, which has numbers of 64 bits.
  static let version: UInt16 = 45
  /// The number of the operating system Unix. It means that the attributes of a file have the form that Unix uses.
  static let unix: UInt16 = 3 << 8
  /// The attributes of a regular file. Its owner can read and write the file, and all other users can read it.
  static let attributes: UInt32 = 0o100644 << 16

  /// The flag of a file whose size and checksum are written after its content.
  static let isDescribedLater: UInt16 = 1 << 3
  /// The flag of a file whose name is in UTF-8.
  static let isUTF8: UInt16 = 1 << 11

  /// The value that is written in place of a number if the extra field of the record contains the number.
  static let inExtra: UInt32 = .max

  /// A file in a ZIP file.
  struct Entry {
    let name: String
    let offset: UInt64
    let size: UInt64
    let checksum: UInt32
    let flags: UInt16
  }

  /// The date and the time of a moment in the format of MS-DOS, in UTC.
  static func dosTime(_ moment: Timestamp) -> (time: UInt16, date: UInt16) {
    let numbers = moment.description.split { !$0.isNumber }.compactMap { UInt16($0.prefix(4)) }
    guard numbers.count >= 6, (1980...2107).contains(numbers[0]) else { return (0, 1 << 5 | 1) }
    return (
      numbers[3] << 11 | numbers[4] << 5 | numbers[5] / 2, (numbers[0] - 1980) << 9 | numbers[1] << 5 | numbers[2]
    )
  }
}

extension [UInt8] {
  /// Appends a number with the lowest byte first.
  mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// Returns the number at a position, or nil if the bytes end earlier.
  func number<Number: FixedWidthInteger>(at position: Int, _ type: Number.Type = Number.self) -> Number? {
    guard position >= 0, position + MemoryLayout<Number>.size <= count else { return nil }
    return Number(littleEndian: withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Number.self) })
  }
}
