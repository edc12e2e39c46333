import ReflogModel
import ReflogStorage

/// Converts the id of a request to the value that the database stores.
///
/// A GUID in lower case is stored in the database's form for GUIDs. An id that is not such a GUID is stored as text.
enum RequestIDColumn {
  /// Returns the value of the column, or NULL if `text` is nil.
  static func value(of text: String?) -> SQLValue {
    guard let text else { return .null }
    return GUID.bytes(of: text).map { .guid($0) } ?? .text(text)
  }
}

extension Statement {
  /// Binds the id of a request as the value of its column.
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
  /// Returns the id of a request, or nil if the column is NULL.
  func requestID(_ column: Int) throws -> String? {
    guard !isNull(column) else { return nil }
    guard isText(column) else { return try required(GUID.text(of: try blob(column)), column) }
    let text = try text(column)
    // Reflog stores every GUID as bytes, except in a database that stores GUIDs as text. So Reflog did not write this
    // text. A query for the GUID compares bytes and would miss the row, so the text is refused.
    guard storesGUIDsAsText || GUID.bytes(of: text) == nil else { throw unexpected(column) }
    return text
  }
}
