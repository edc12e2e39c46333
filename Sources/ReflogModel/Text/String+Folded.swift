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
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: utf8.count) { folded in
      var count = 0
      for byte in utf8 {
        folded[count] = byte.asciiFolded
        count += 1
      }
      hasher.combine(bytes: UnsafeRawBufferPointer(folded))
    }
  }
}

extension UInt8 {
  fileprivate var isLargeASCIILetter: Bool { (0x41...0x5A).contains(self) }
  fileprivate var asciiFolded: UInt8 { isLargeASCIILetter ? self | 0x20 : self }
}
