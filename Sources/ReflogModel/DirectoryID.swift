/// The id of an object in the directory: `[A-Za-z0-9_.-]{1,128}`.
///
/// Upper and lower case count as equal. An id keeps the spelling that it was created with. For each object, the ledger
/// keeps the first spelling that was recorded.
package struct DirectoryID<Subject>: Sendable {
  /// The maximum number of characters in an id.
  package static var maximumLength: Int { 128 }

  package let text: String

  /// Creates an id, or returns nil if the text is not a valid id.
  ///
  /// An id has 1 to 128 ASCII letters, digits, `_`, `.` or `-`. The texts `.` and `..` are not valid ids, because they
  /// have a special meaning in a path.
  package init?(_ text: some StringProtocol) {
    var text = String(text)
    let isValid = text.withUTF8 { bytes in
      (1...Self.maximumLength).contains(bytes.count) && bytes.allSatisfy(isIDByte)
    }
    guard isValid, text != ".", text != ".." else { return nil }
    self.text = text
  }
}

/// Marks an id as the id of a user flow.
package enum Flow {}
/// Marks an id as the id of an API connector.
package enum Connector {}

/// The id of a user flow, such as `B2C_1_signup`.
package typealias FlowID = DirectoryID<Flow>
/// The id of an `identityApiConnector`.
///
/// In Microsoft Graph, the id is a GUID.
package typealias ConnectorID = DirectoryID<Connector>

extension DirectoryID: Hashable, Comparable, CustomStringConvertible {
  /// The id in the spelling that it was created with.
  package var description: String { text }

  /// Returns whether two ids are equal.
  ///
  /// Upper and lower case of ASCII letters count as equal.
  package static func == (left: Self, right: Self) -> Bool { left.text.isSame(as: right.text) }

  /// Returns whether the left id is sorted in front of the right id.
  ///
  /// The function compares the ids in lower case.
  package static func < (left: Self, right: Self) -> Bool {
    left.text.asciiFolded < right.text.asciiFolded
  }

  /// Hashes the id in lower case, so equal ids have equal hashes.
  package func hash(into hasher: inout Hasher) {
    text.hashFolded(into: &hasher)
  }
}

extension UInt8 {
  /// Whether the byte is an ASCII letter.
  package var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
  /// Whether the byte is an ASCII digit.
  package var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
}

private func isIDByte(_ byte: UInt8) -> Bool {
  byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    || byte == UInt8(ascii: "-")
}
