import Foundation
import GRDB

/// The id of a request in its column: a GUID in its usual lower-case form as 16 bytes, anything else as the text that it is.
enum RequestIDColumn {
  static func value(of text: String?) -> DatabaseValue {
    guard let text else { return .null }
    return (bytes(ofGUID: text).map { Data($0).databaseValue }) ?? text.databaseValue
  }

  static func text(of value: DatabaseValue) -> String? {
    switch value.storage {
    case .blob(let data): guid(data)
    case .string(let text): text
    case .null, .int64, .double: nil
    }
  }

  /// Where the hyphens of a GUID stand (RFC 9562 §4).
  private static let hyphens: Set<Int> = [8, 13, 18, 23]

  private static func bytes(ofGUID text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { characters -> [UInt8]? in
      guard characters.count == 36 else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(16)
      var high: UInt8?
      for (index, character) in characters.enumerated() {
        if hyphens.contains(index) {
          guard character == UInt8(ascii: "-") else { return nil }
          continue
        }
        guard let digit = digit(character) else { return nil }
        if let first = high {
          bytes.append(first << 4 | digit)
          high = nil
        } else {
          high = digit
        }
      }
      return bytes
    }
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func guid(_ bytes: Data) -> String {
    String(unsafeUninitializedCapacity: 36) { characters in
      var count = 0
      func put(_ character: UInt8) {
        guard count < 36 else { return }
        characters[count] = character
        count += 1
      }
      for byte in bytes {
        if hyphens.contains(count) { put(UInt8(ascii: "-")) }
        put(digits[Int(byte >> 4)])
        put(digits[Int(byte & 15)])
      }
      return count
    }
  }
}
