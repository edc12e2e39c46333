/// The id of something that lives in the directory: `[A-Za-z0-9_.-]{1,128}`, compared without regard to ASCII case.
///
/// The spelling it was made with is kept and shown; where the ledger has seen the id before, the first spelling stands.
package struct DirectoryID<Subject>: Sendable {
  package static var maximumLength: Int { 128 }

  package let text: String

  /// Fails on anything but 1 to 128 ASCII letters, digits, `_`, `.` or `-`, and on `.` and `..`, which paths swallow.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy(isIDByte), text != ".", text != ".."
    else { return nil }
    self.text = text
  }
}

/// Marks the ids of user flows.
package enum Flow {}
/// Marks the ids of API connectors.
package enum Connector {}

/// The id of a user flow, such as `B2C_1_signup`.
package typealias FlowID = DirectoryID<Flow>
/// The id of an `identityApiConnector`, a GUID in Microsoft Graph.
package typealias ConnectorID = DirectoryID<Connector>

extension DirectoryID: Hashable, Comparable, CustomStringConvertible {
  package var description: String { text }

  package static func == (left: Self, right: Self) -> Bool { left.text.isSame(as: right.text) }

  package static func < (left: Self, right: Self) -> Bool {
    left.text.asciiFolded < right.text.asciiFolded
  }

  package func hash(into hasher: inout Hasher) {
    text.hashFolded(into: &hasher)
  }
}

extension UInt8 {
  package var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
  package var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
}

private func isIDByte(_ byte: UInt8) -> Bool {
  byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    || byte == UInt8(ascii: "-")
}
