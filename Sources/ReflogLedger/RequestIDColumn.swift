import ReflogModel
import ReflogStorage

/// The id of a request in its column: a GUID in its usual lower-case form as 16 bytes, anything else as the text that it is.
enum RequestIDColumn {
  static func value(of text: String?) -> SQLValue {
    guard let text else { return .null }
    return GUID.bytes(of: text).map { .blob($0) } ?? .text(text)
  }
}

extension Statement {
  /// Binds the id of a request in the form of its column.
  func bind(_ index: Int32, requestID text: String?) {
    guard let text else { return bind(index, nil as String?) }
    if let bytes = GUID.bytes(of: text) {
      bytes.withUnsafeBytes { bind(index, $0) }
    } else {
      bind(index, text)
    }
  }
}

extension Row {
  /// The id of a request, or nil if the column is NULL.
  func requestID(_ column: Int) throws -> String? {
    guard !isNull(column) else { return nil }
    guard isText(column) else { return try required(GUID.text(of: try blob(column)), column) }
    let text = try text(column)
    // A GUID that is stored as text would be shown, but not found.
    guard GUID.bytes(of: text) == nil else { throw unexpected(column) }
    return text
  }
}
