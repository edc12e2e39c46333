extension String {
  /// The text with `A` to `Z` in lower case.
  ///
  /// All other bytes are unchanged. SQLite's collation `NOCASE` compares texts in the same way.
  package var asciiFolded: String {
    guard utf8.contains(where: \.isLargeASCIILetter) else { return self }
    return String(decoding: utf8.map(\.asciiFolded), as: UTF8.self)
  }

  /// Returns whether two texts are equal.
  ///
  /// Upper and lower case of ASCII letters count as equal.
  package func isSame(as other: String) -> Bool {
    utf8.count == other.utf8.count
      && (self == other || utf8.elementsEqual(other.utf8) { $0.asciiFolded == $1.asciiFolded })
  }

  /// Adds the text in lower case to a hasher.
  ///
  /// Texts that ``isSame(as:)`` treats as equal have equal hashes.
  package func hashFolded(into hasher: inout Hasher) {
    var text = self
    text.withUTF8 { bytes in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count) { folded in
        for index in bytes.indices { folded[index] = bytes[index].asciiFolded }
        hasher.combine(bytes: UnsafeRawBufferPointer(folded))
      }
    }
  }
}

extension UInt8 {
  fileprivate var isLargeASCIILetter: Bool { (0x41...0x5A).contains(self) }
  /// The byte in lower case if it is an ASCII letter, otherwise the same byte.
  package var asciiFolded: UInt8 { isLargeASCIILetter ? self | 0x20 : self }
}
