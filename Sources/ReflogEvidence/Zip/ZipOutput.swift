package import ReflogModel

/// Writes an evidence pack as one ZIP file while the pack is created.
///
/// A ZIP file contains its files one after another. If several files are written at the same time, only the bytes of
/// the file that was begun first are sent to the receiver immediately. The size of this file is not known yet, so the
/// size is written after the content. The bytes of the other files are kept in temporary files until the first file
/// ends. So the pack never has to fit in memory. Files are stored without compression.
package struct ZipOutput<Receiver: ByteReceiver>: EvidenceOutput {
  private var receiver: Receiver
  private let time: (time: UInt16, date: UInt16)
  private var position: UInt64 = 0
  private var entries: [ZipRecord.Entry] = []
  private var current: Current?
  private var waiting: [String: WaitingFile] = [:]
  private var ended: [String] = []

  /// The file whose bytes are sent to the receiver immediately.
  private struct Current {
    let name: String
    let offset: UInt64
    var size: UInt64 = 0
    var checksum = CRC32()
  }

  /// Creates an output.
  ///
  /// - Parameters:
  ///   - receiver: The receiver of the ZIP file's bytes.
  ///   - time: The time of all files in the ZIP file.
  package init(_ receiver: Receiver, time: Timestamp) {
    self.receiver = receiver
    self.time = ZipRecord.dosTime(time)
  }

  /// Appends bytes to a file of the pack.
  @concurrent
  package mutating func append(_ bytes: [UInt8], to name: String) async throws {
    if current == nil, waiting.isEmpty {
      current = Current(name: name, offset: position)
      try await pass(localHeader(name, ZipRecord.isDescribedLater, size: 0, checksum: 0))
    }
    guard current?.name == name else {
      if waiting[name] == nil { waiting[name] = try WaitingFile() }
      try waiting[name]?.append(bytes)
      return
    }
    current?.size += UInt64(bytes.count)
    current?.checksum.add(bytes)
    try await pass(bytes)
  }

  /// Ends a file of the pack.
  ///
  /// If another file is being sent to the receiver, the ended file is sent after that file. Otherwise, all files that
  /// have ended are sent now.
  @concurrent
  package mutating func end(_ name: String) async throws {
    guard let file = current, file.name == name else {
      ended.append(name)
      return try await passWaiting()
    }
    var bytes: [UInt8] = []
    bytes.append(littleEndian: ZipRecord.dataDescriptor)
    bytes.append(littleEndian: file.checksum.value)
    bytes.append(littleEndian: file.size)
    bytes.append(littleEndian: file.size)
    try await pass(bytes)
    record(name, file.offset, file.size, file.checksum.value, ZipRecord.isDescribedLater)
    current = nil
    try await passWaiting()
  }

  /// Writes a whole file of the pack.
  ///
  /// Call this method when no file is open.
  @concurrent
  package mutating func write(_ bytes: [UInt8], to name: String) async throws {
    var checksum = CRC32()
    checksum.add(bytes)
    let offset = position
    try await pass(localHeader(name, 0, size: UInt64(bytes.count), checksum: checksum.value))
    try await pass(bytes)
    record(name, offset, UInt64(bytes.count), checksum.value, 0)
  }

  /// Sends each waiting file that is complete to the receiver, unless another file is being sent.
  @concurrent
  private mutating func passWaiting() async throws {
    guard current == nil else { return }
    for name in ended {
      guard let file = waiting.removeValue(forKey: name) else { continue }
      let offset = position
      try await pass(localHeader(name, 0, size: file.size, checksum: file.checksum))
      var reader = try file.reader()
      while let piece = try reader.next() { try await pass(piece) }
      record(name, offset, file.size, file.checksum, 0)
    }
    ended = []
  }

  /// Writes the directory of the ZIP file.
  ///
  /// Call this method once, after the last file.
  @concurrent
  package mutating func finish() async throws {
    var bytes: [UInt8] = []
    let start = position
    for entry in entries { appendCentralHeader(entry, to: &bytes) }
    let size = UInt64(bytes.count)
    appendEnd(start: start, size: size, to: &bytes)
    try await pass(bytes)
  }

  @concurrent
  private mutating func pass(_ bytes: [UInt8]) async throws {
    position += UInt64(bytes.count)
    if !bytes.isEmpty { try await receiver.receive(bytes) }
  }

  private mutating func record(_ name: String, _ offset: UInt64, _ size: UInt64, _ checksum: UInt32, _ flags: UInt16) {
    entries.append(ZipRecord.Entry(name: name, offset: offset, size: size, checksum: checksum, flags: flags))
  }

  private func localHeader(_ name: String, _ flags: UInt16, size: UInt64, checksum: UInt32) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: ZipRecord.localHeader)
    appendFormat(flags, checksum, to: &bytes)
    // The sizes are always in the extra field, even if they are small. This field tells a reader that the sizes after
    // the content also have 64 bits.
    bytes.append(littleEndian: ZipRecord.inExtra)
    bytes.append(littleEndian: ZipRecord.inExtra)
    bytes.append(littleEndian: UInt16(name.utf8.count))
    bytes.append(littleEndian: UInt16(20))
    bytes += name.utf8
    bytes.append(littleEndian: ZipRecord.extra64)
    bytes.append(littleEndian: UInt16(16))
    bytes.append(littleEndian: size)
    bytes.append(littleEndian: size)
    return bytes
  }

  /// Appends the fields that both headers of a file contain: the version, the flags, the method, the time and the
  /// checksum.
  private func appendFormat(_ flags: UInt16, _ checksum: UInt32, to bytes: inout [UInt8]) {
    bytes.append(littleEndian: ZipRecord.version)
    bytes.append(littleEndian: flags | ZipRecord.isUTF8)
    bytes.append(littleEndian: UInt16(0))
    bytes.append(littleEndian: time.time)
    bytes.append(littleEndian: time.date)
    bytes.append(littleEndian: checksum)
  }

  private func appendCentralHeader(_ entry: ZipRecord.Entry, to bytes: inout [UInt8]) {
    let isLarge = max(entry.size, entry.offset) >= UInt64(ZipRecord.inExtra)
    bytes.append(littleEndian: ZipRecord.centralHeader)
    bytes.append(littleEndian: ZipRecord.unix | ZipRecord.version)
    appendFormat(entry.flags, entry.checksum, to: &bytes)
    let size = isLarge ? ZipRecord.inExtra : UInt32(entry.size)
    bytes.append(littleEndian: size)
    bytes.append(littleEndian: size)
    bytes.append(littleEndian: UInt16(entry.name.utf8.count))
    bytes.append(littleEndian: UInt16(isLarge ? 28 : 0))
    // These three fields are 0: the length of the comment, the number of the disk, and the attributes of the content.
    for _ in 0..<3 { bytes.append(littleEndian: UInt16(0)) }
    bytes.append(littleEndian: ZipRecord.attributes)
    bytes.append(littleEndian: isLarge ? ZipRecord.inExtra : UInt32(entry.offset))
    bytes += entry.name.utf8
    guard isLarge else { return }
    bytes.append(littleEndian: ZipRecord.extra64)
    bytes.append(littleEndian: UInt16(24))
    for number in [entry.size, entry.size, entry.offset] { bytes.append(littleEndian: number) }
  }

  /// Appends the records at the end of the ZIP file: first the record with numbers of 64 bits, then the older record.
  private func appendEnd(start: UInt64, size: UInt64, to bytes: inout [UInt8]) {
    let count = UInt64(entries.count)
    bytes.append(littleEndian: ZipRecord.end64)
    bytes.append(littleEndian: UInt64(44))
    bytes.append(littleEndian: ZipRecord.unix | ZipRecord.version)
    bytes.append(littleEndian: ZipRecord.version)
    for _ in 0..<2 { bytes.append(littleEndian: UInt32(0)) }
    for number in [count, count, size, start] { bytes.append(littleEndian: number) }
    bytes.append(littleEndian: ZipRecord.end64Locator)
    bytes.append(littleEndian: UInt32(0))
    bytes.append(littleEndian: start + size)
    bytes.append(littleEndian: UInt32(1))
    bytes.append(littleEndian: ZipRecord.end)
    for _ in 0..<2 { bytes.append(littleEndian: UInt16(0)) }
    for _ in 0..<2 { bytes.append(littleEndian: UInt16(min(count, UInt64(UInt16.max)))) }
    bytes.append(littleEndian: UInt32(min(size, UInt64(ZipRecord.inExtra))))
    bytes.append(littleEndian: UInt32(min(start, UInt64(ZipRecord.inExtra))))
    bytes.append(littleEndian: UInt16(0))
  }
}

extension ZipOutput: Sendable where Receiver: Sendable {}
